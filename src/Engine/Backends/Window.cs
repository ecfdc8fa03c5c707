namespace Engine.Backends;

/// <summary>What lies beyond the border of an image.</summary>
public enum PaddingMode
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The image mirrored at its edge, the edge itself repeated: … c b a | a b c … (symmetric padding).</summary>
    Mirror,
}

/// <summary>
/// A window that slides over an image: the geometry that convolution and pooling share. Everything per axis, rows (Y)
/// before columns (X).
/// </summary>
/// <param name="Kernel">Rows and columns the window touches.</param>
/// <param name="Stride">How far it moves from one output to the next.</param>
/// <param name="Dilation">The distance between the elements it touches; 1 for neighbours.</param>
/// <param name="Before">Padding above and to the left.</param>
/// <param name="After">Padding below and to the right.</param>
/// <param name="Mode">What the padding holds.</param>
public readonly record struct Window(
    Size2D Kernel, Size2D Stride, Size2D Dilation, Size2D Before, Size2D After, PaddingMode Mode = PaddingMode.Zero)
{
    /// <summary>From the first to the last row and column that the window touches: (kernel − 1)·dilation + 1.</summary>
    public Size2D Extent => new(((Kernel.Y - 1) * Dilation.Y) + 1, ((Kernel.X - 1) * Dilation.X) + 1);

    /// <summary>Positions of the window: ⌊(input + padding − extent) / stride⌋ + 1 per axis; below 1 where it does not fit.</summary>
    public Size2D Output(Size2D input) => new(
        Positions(input.Y + Before.Y + After.Y - Extent.Y, Stride.Y),
        Positions(input.X + Before.X + After.X - Extent.X, Stride.X));

    private static int Positions(int room, int stride) => room < 0 ? 0 : (room / stride) + 1;
}
