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
    public int Images { get; private init; }

    /// <summary>Rows of an input image.</summary>
    public int Height { get; private init; }

    /// <summary>Columns of an input image.</summary>
    public int Width { get; private init; }

    /// <summary>Rows of an output image.</summary>
    public int OutHeight { get; private init; }

    /// <summary>Columns of an output image.</summary>
    public int OutWidth { get; private init; }

    /// <summary>Into how many independent groups the channels are split.</summary>
    public int Groups { get; private init; }

    /// <summary>Input channels of one group.</summary>
    public int ChannelsPerGroup { get; private init; }

    /// <summary>Output channels of one group.</summary>
    public int OutputsPerGroup { get; private init; }

    /// <summary>Kernel, stride, dilation and padding.</summary>
    public Window Window { get; private init; }

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

    /// <summary>
    /// The convolution that carries gradients back, for stride 1: outputs and inputs change places, and the window, which is
    /// to be turned around, begins as far outside as it can and still touch the image.
    /// </summary>
    public Geometry Adjoint => this with
    {
        Height = OutHeight,
        Width = OutWidth,
        OutHeight = Height,
        OutWidth = Width,
        ChannelsPerGroup = OutputsPerGroup,
        OutputsPerGroup = ChannelsPerGroup,
        Window = Window with
        {
            Before = (Window.Extent.Y - 1 - Window.Before.Y, Window.Extent.X - 1 - Window.Before.X),
            After = (Window.Extent.Y - 1 - Window.After.Y, Window.Extent.X - 1 - Window.After.X),
            Mode = PaddingMode.Zero,
        },
    };

    /// <summary>The copy of the image with its padding around it, as the columns of a window of one pixel.</summary>
    public Geometry Padded => this with
    {
        OutHeight = Height + Window.Before.Y + Window.After.Y,
        OutWidth = Width + Window.Before.X + Window.After.X,
        Window = Window with { Kernel = 1, Stride = 1, Dilation = 1 },
    };
}
