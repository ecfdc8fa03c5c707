using Engine.Tensors;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>The sizes of a convolution, as every method of computing it needs them.</summary>
internal readonly struct Geometry
{
    /// <summary>Reads the sizes off tensors that have been checked to fit.</summary>
    public Geometry(Shape x, Shape w, in Window window, int groups)
    {
        (Images, Height, Width) = (x[0], x[2], x[3]);
        (Groups, Window) = (groups, window);
        (ChannelsPerGroup, OutputsPerGroup) = (x[1] / groups, w[0] / groups);
        Size2D positions = window.Output((Height, Width));
        (OutHeight, OutWidth) = (positions.Y, positions.X);
    }

    /// <summary>N, the images of the batch.</summary>
    public int Images { get; }

    /// <summary>Rows of an input image.</summary>
    public int Height { get; }

    /// <summary>Columns of an input image.</summary>
    public int Width { get; }

    /// <summary>Rows of an output image.</summary>
    public int OutHeight { get; }

    /// <summary>Columns of an output image.</summary>
    public int OutWidth { get; }

    /// <summary>Into how many independent groups the channels are split.</summary>
    public int Groups { get; }

    /// <summary>Input channels of one group.</summary>
    public int ChannelsPerGroup { get; }

    /// <summary>Output channels of one group.</summary>
    public int OutputsPerGroup { get; }

    /// <summary>Kernel, stride, dilation and padding.</summary>
    public Window Window { get; }

    /// <summary>Numbers in one input channel of one image.</summary>
    public int Plane => Height * Width;

    /// <summary>Places of the window, the numbers in one output channel of one image.</summary>
    public int Positions => OutHeight * OutWidth;

    /// <summary>Numbers the window touches in one channel.</summary>
    public int Taps => Window.Kernel.Y * Window.Kernel.X;

    /// <summary>Numbers that one output is summed over: the window in all channels of a group.</summary>
    public int Depth => ChannelsPerGroup * Taps;

    /// <summary>Numbers in one input image.</summary>
    public int ImageSize => Groups * ChannelsPerGroup * Plane;

    /// <summary>Numbers in one output image.</summary>
    public int OutImageSize => Groups * OutputsPerGroup * Positions;

    /// <summary>Whether the window is one pixel that visits each once: the convolution mixes channels and nothing else.</summary>
    public bool IsPointwise => Window.Kernel == 1 && Window.Stride == 1 && Window.Before == 0 && Window.After == 0;

    /// <summary>Whether the window is the image, at one place only: the convolution is a fully connected layer.</summary>
    public bool IsWholeImage => Groups == 1 && Positions == 1 && Window.Before == 0 && Window.After == 0
        && Window.Kernel == (Height, Width) && Window.Dilation == 1;
}
