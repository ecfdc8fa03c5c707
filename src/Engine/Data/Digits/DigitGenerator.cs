using Engine.Tensors;

namespace Engine.Data;

/// <summary>Draws handwritten digits by rule, in the form of MNIST: data to learn from where there is none.</summary>
/// <remarks>
/// A digit is strokes through control points (<see cref="GlyphLibrary"/>), blended from several models, shaken, stretched,
/// slanted, rotated and bent (<see cref="Handwriting"/>), drawn with a pen of random width (<see cref="Pen"/>) and normalised
/// as MNIST was (<see cref="MnistNormalizer"/>). Digit i is a function of the seed and i alone: any part can be made at any
/// time, on any number of threads.
/// </remarks>
/// <param name="seed">Reproduces every digit.</param>
public sealed class DigitGenerator(ulong seed)
{
    /// <summary>Where test digits begin, so that no training set of reasonable size reaches them.</summary>
    public const long TestStart = 1L << 40;

    private const int ImageSize = MnistNormalizer.Side * MnistNormalizer.Side;

    // The pen's width relative to the digit: log-normal.
    private const double WidthMedian = 0.14;
    private const double WidthSpread = 0.36;
    private const double Pressure = 0.25;

    /// <summary>Digits <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> − 1 as a data set; all ten classes in turn.</summary>
    public Dataset Generate(string name, long first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        byte[] pixels = new byte[(long)count * ImageSize];
        int[] labels = new int[count];
        Parallel.For(
            0,
            count,
            () => (Hand: new Handwriting(), Pen: new Pen()),
            (i, _, tools) =>
            {
                labels[i] = LabelOf(first + i);
                Draw(first + i, tools.Hand, tools.Pen, pixels.AsSpan(i * ImageSize, ImageSize));
                return tools;
            },
            _ => { });
        return Dataset.OfImages(name, pixels, [1, MnistNormalizer.Side, MnistNormalizer.Side], labels, IdxImageSet.DigitNames);
    }

    /// <summary>Which digit number <paramref name="index"/> is: 0 to 9 in turn, so that every stretch of ten has all of them.</summary>
    public static int LabelOf(long index) => (int)(index % 10);

    /// <summary>One digit: 28×28 grey levels, 0 background, 255 ink.</summary>
    public byte[] Draw(long index)
    {
        byte[] pixels = new byte[ImageSize];
        Draw(index, new Handwriting(), new Pen(), pixels);
        return pixels;
    }

    private void Draw(long index, Handwriting hand, Pen pen, Span<byte> pixels)
    {
        Philox random = new(seed, (ulong)index);
        hand.Write(LabelOf(index), random);
        float width = (float)(WidthMedian * Math.Exp(WidthSpread * random.NextNormal()));
        float pressure = (float)(Pressure * random.NextNormal());
        pen.Draw(hand.Points, hand.StrokeEnds, width, pressure);
        MnistNormalizer.Normalize(pen.Sheet, Pen.Side, threshold: 128, pixels);
    }
}
