using Engine.Tensors;

namespace Engine.Data;

/// <summary>
/// Moves every image of a batch by a few random pixels, so that a network sees each sample at many places.
/// </summary>
/// <remarks>
/// What leaves the image is lost, what comes in is 0. The shifts of a batch are a function of the seed, its epoch and its
/// step alone, so a resumed run sees the same ones. (LeCun et al., 1998, section III-B, train LeNet-5 on distorted digits
/// too; deck F: width and height shift.)
/// </remarks>
public sealed class RandomShift : Augmentation
{
    // Streams of the seed that shifts draw from, away from those of sample orders and of dropout masks.
    private const ulong FirstStream = 1UL << 48;

    private readonly int pixels;
    private readonly ulong seed;

    /// <summary>Shifts of up to a number of pixels each way, vertically and horizontally.</summary>
    /// <param name="pixels">At least 1.</param>
    /// <param name="seed">Reproduces the shifts.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pixels"/> is below 1.</exception>
    public RandomShift(int pixels, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels, 1);
        (this.pixels, this.seed) = (pixels, seed);
    }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The inputs are no images, N×C×H×W.</exception>
    public override void Apply(Batch batch)
    {
        Tensor images = batch.Inputs;
        if (images.Shape.Rank != 4)
        {
            throw new ShapeException($"RandomShift: inputs are {images.Shape}, expected images, N×C×H×W.");
        }

        Philox random = new(seed, FirstStream + ((ulong)batch.Epoch << 24) + (ulong)batch.Step);
        for (int n = 0; n < batch.Count; n++)
        {
            int down = random.NextInt((2 * pixels) + 1) - pixels, right = random.NextInt((2 * pixels) + 1) - pixels;
            if (images.DType == DType.Float32)
            {
                Shift(images.AsSpan<float>(), images.Shape, n, down, right);
            }
            else
            {
                Shift(images.AsSpan<double>(), images.Shape, n, down, right);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"shifts of up to {pixels} {(pixels == 1 ? "pixel" : "pixels")}";

    private static void Shift<T>(Span<T> images, Shape shape, int n, int down, int right)
    {
        int channels = shape[1], height = shape[2], width = shape[3];
        for (int c = 0; c < channels; c++)
        {
            Span<T> plane = images.Slice(((n * channels) + c) * height * width, height * width);

            // Rows are taken from where nothing was overwritten yet: from the bottom up when the image moves down.
            for (int i = 0; i < height; i++)
            {
                int to = down > 0 ? height - 1 - i : i, from = to - down;
                Span<T> row = plane.Slice(to * width, width);
                if ((uint)from < (uint)height)
                {
                    ShiftRow(plane.Slice(from * width, width), row, right);
                }
                else
                {
                    row.Clear();
                }
            }
        }
    }

    private static void ShiftRow<T>(ReadOnlySpan<T> source, Span<T> row, int right)
    {
        int kept = Math.Max(0, row.Length - Math.Abs(right));
        if (right >= 0)
        {
            source[..kept].CopyTo(row[^kept..]);
            row[..^kept].Clear();
        }
        else
        {
            source[^kept..].CopyTo(row[..kept]);
            row[kept..].Clear();
        }
    }
}
