using System.Buffers;

namespace Engine.Data;

/// <summary>Makes a plane of pixels smaller or larger.</summary>
/// <remarks>
/// Axis by axis: where an axis shrinks, a new pixel is the mean of the old ones it covers, each weighted by the part
/// covered, so that no line is lost; where it grows, neighbours are blended linearly between their centres.
/// </remarks>
internal static class Resampler
{
    /// <summary>Resamples a rectangle of a plane.</summary>
    /// <param name="source">The plane, row by row.</param>
    /// <param name="stride">The length of its rows.</param>
    /// <param name="left">The first column of the rectangle.</param>
    /// <param name="top">The first row of the rectangle.</param>
    /// <param name="width">The columns of the rectangle.</param>
    /// <param name="height">The rows of the rectangle.</param>
    /// <param name="result">The new pixels, row by row, rounded to nearest.</param>
    /// <param name="newWidth">The new number of columns.</param>
    /// <param name="newHeight">The new number of rows.</param>
    public static void Resample(
        ReadOnlySpan<byte> source, int stride, int left, int top, int width, int height, Span<byte> result, int newWidth, int newHeight)
    {
        float[] rows = ArrayPool<float>.Shared.Rent(newWidth * height);
        float[] sum = ArrayPool<float>.Shared.Rent(newWidth);
        Tap[] across = TapsOf(width, newWidth), down = TapsOf(height, newHeight);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = source.Slice(((top + y) * stride) + left, width);
            Span<float> narrow = rows.AsSpan(y * newWidth, newWidth);
            narrow.Clear();
            foreach (Tap tap in across)
            {
                narrow[tap.New] += tap.Weight * row[tap.Old];
            }
        }

        for (int t = 0, y = 0; y < newHeight; y++)
        {
            Span<float> total = sum.AsSpan(0, newWidth);
            total.Clear();
            for (; t < down.Length && down[t].New == y; t++)
            {
                ReadOnlySpan<float> row = rows.AsSpan(down[t].Old * newWidth, newWidth);
                float weight = down[t].Weight;
                for (int x = 0; x < newWidth; x++)
                {
                    total[x] += weight * row[x];
                }
            }

            for (int x = 0; x < newWidth; x++)
            {
                result[(y * newWidth) + x] = (byte)Math.Min(255, total[x] + 0.5f);
            }
        }

        ArrayPool<float>.Shared.Return(rows);
        ArrayPool<float>.Shared.Return(sum);
    }

    // Which old pixels go into which new one, with weights that add up to 1; in the order of the new ones.
    private static Tap[] TapsOf(int size, int newSize)
    {
        List<Tap> taps = new(Math.Max(size, newSize) * 2);
        double step = (double)size / newSize;
        for (int i = 0; i < newSize; i++)
        {
            if (step > 1)
            {
                double from = i * step, to = Math.Min(size, (i + 1) * step);
                for (int old = (int)from; old < to; old++)
                {
                    taps.Add(new Tap(i, old, (float)((Math.Min(to, old + 1) - Math.Max(from, old)) / step)));
                }
            }
            else
            {
                double centre = Math.Clamp(((i + 0.5) * step) - 0.5, 0, size - 1);
                int old = (int)centre;
                double part = centre - old;
                taps.Add(new Tap(i, old, (float)(1 - part)));
                taps.Add(new Tap(i, Math.Min(old + 1, size - 1), (float)part));
            }
        }

        return [.. taps];
    }

    private readonly record struct Tap(int New, int Old, float Weight);
}
