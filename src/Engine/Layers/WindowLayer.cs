using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>What layers with a sliding window share: its settings, and the shape that comes of them.</summary>
public abstract class WindowLayer : Layer
{
    /// <summary>A layer with a window.</summary>
    /// <exception cref="ArgumentException">A setting is below 1, or the padding below 0.</exception>
    private protected WindowLayer(Size2D kernel, Size2D stride, Size2D dilation, Padding padding, PaddingMode mode)
    {
        if (Math.Min(kernel.Y, kernel.X) < 1 || Math.Min(stride.Y, stride.X) < 1 || Math.Min(dilation.Y, dilation.X) < 1)
        {
            throw new ArgumentException(
                $"Kernel, stride and dilation are at least 1 along each axis, given {kernel}, {stride}, {dilation}.");
        }

        Window probe = padding.Window(1, kernel, stride, dilation, mode);
        if (Math.Min(probe.Before.Y, probe.Before.X) < 0)
        {
            throw new ArgumentException($"Padding is at least 0, given {padding}.");
        }

        (Kernel, Stride, Dilation, Padding, PaddingMode) = (kernel, stride, dilation, padding, mode);
    }

    /// <summary>Rows and columns of the kernel.</summary>
    public Size2D Kernel { get; }

    /// <summary>Steps of the window.</summary>
    public Size2D Stride { get; }

    /// <summary>Distance between the elements the window touches.</summary>
    public Size2D Dilation { get; }

    /// <summary>How the border is extended.</summary>
    public Padding Padding { get; }

    /// <summary>With what.</summary>
    public PaddingMode PaddingMode { get; }

    /// <summary>The window over an N×C×H×W input.</summary>
    /// <exception cref="ShapeException">The input is no batch of images, or smaller than the window.</exception>
    private protected Window WindowOver(Shape input)
    {
        if (input.Rank != 4)
        {
            throw Mismatch($"input is {input}, expected images, N×C×H×W.");
        }

        Size2D size = (input[2], input[3]);
        Window window = Padding.Window(size, Kernel, Stride, Dilation, PaddingMode);
        Size2D output = window.Output(size);
        if (output.Y < 1 || output.X < 1)
        {
            throw Mismatch($"a window of {window.Extent} does not fit into images of {size.Y}×{size.X} with padding {Padding}.");
        }

        bool mirrors = PaddingMode == PaddingMode.Mirror;
        if (mirrors && (Math.Max(window.Before.Y, window.After.Y) > size.Y || Math.Max(window.Before.X, window.After.X) > size.X))
        {
            throw Mismatch($"mirror padding of {Padding} is larger than the image, {size.Y}×{size.X}.");
        }

        return window;
    }

    /// <summary>N×<paramref name="channels"/>×Hout×Wout.</summary>
    private protected static Shape OutputOf(Shape input, int channels, in Window window)
    {
        Size2D output = window.Output((input[2], input[3]));
        return [input[0], channels, output.Y, output.X];
    }
}
