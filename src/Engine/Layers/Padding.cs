using Engine.Backends;

namespace Engine.Layers;

/// <summary>How much an image is extended at its border before a window slides over it.</summary>
/// <remarks>
/// <c>Valid</c>: not at all. <c>Same</c>: so much that the output is ⌈input / stride⌉; an odd amount goes below and to
/// the right, as in Keras. Or a fixed number of rows and columns on each side: <c>Padding p = 2;</c>.
/// </remarks>
public readonly record struct Padding
{
    private readonly bool same;
    private readonly Size2D amount;

    private Padding(bool same, Size2D amount)
    {
        this.same = same;
        this.amount = amount;
    }

    /// <summary>No padding: the window stays inside the image.</summary>
    public static Padding Valid => default;

    /// <summary>The output is as large as the input, divided by the stride and rounded up.</summary>
    public static Padding Same => new(true, 0);

    /// <summary>The same number of rows above and below, and of columns left and right.</summary>
    public static Padding Of(Size2D amount) => new(false, amount);

    /// <inheritdoc cref="Of"/>
    public static implicit operator Padding(int amount) => Of(amount);

    /// <inheritdoc cref="Of"/>
    public static implicit operator Padding((int Y, int X) amount) => Of(amount);

    /// <summary>The window over an image of a size.</summary>
    public Window Window(Size2D input, Size2D kernel, Size2D stride, Size2D dilation, PaddingMode mode)
    {
        Window window = new(kernel, stride, dilation, amount, amount, mode);
        if (!same)
        {
            return window;
        }

        Size2D extent = window.Extent;
        int rows = Missing(input.Y, extent.Y, stride.Y), columns = Missing(input.X, extent.X, stride.X);
        return window with
        {
            Before = new(rows / 2, columns / 2),
            After = new(rows - (rows / 2), columns - (columns / 2)),
        };
    }

    /// <summary>"valid", "same", or the amount.</summary>
    public override string ToString() => same ? "same" : amount == default ? "valid" : amount.ToString();

    // How much must be added for ⌈input / stride⌉ windows to fit.
    private static int Missing(int input, int extent, int stride)
    {
        int outputs = (input + stride - 1) / stride;
        return Math.Max(0, ((outputs - 1) * stride) + extent - input);
    }
}
