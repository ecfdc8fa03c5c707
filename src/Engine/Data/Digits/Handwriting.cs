using System.Numerics;
using System.Runtime.InteropServices;
using Engine.Tensors;

namespace Engine.Data;

/// <summary>Writes a digit as a person might: one of its glyphs, blended, unsteady, slanted, stretched and warped.</summary>
/// <remarks>For one thread: the strokes are kept in a buffer that is used again.</remarks>
internal sealed class Handwriting
{
    private const int PiecesPerSpan = 6;

    // Deviations of the random quantities, in digit heights or radians.
    private const double PointJitter = 0.016;
    private const double StrokeJitter = 0.02;
    private const double Rotation = 0.10;
    private const double SlantMean = 0.10;
    private const double Slant = 0.25;
    private const double Aspect = 0.18;
    private const double AspectMean = 0.08;
    private const double Taper = 0.18;
    private const double Proportion = 0.22;
    private const double Warp = 0.045;

    private readonly List<Vector2> points = [];
    private readonly List<int> strokeEnds = [];
    private readonly Vector2[] controls = new Vector2[32];

    /// <summary>The points of all strokes, one after the other, to be joined by straight lines.</summary>
    public ReadOnlySpan<Vector2> Points => CollectionsMarshal.AsSpan(points);

    /// <summary>Where each stroke ends: the index after its last point.</summary>
    public IReadOnlyList<int> StrokeEnds => strokeEnds;

    /// <summary>Writes a digit in the hand that the random numbers choose.</summary>
    public void Write(int digit, Philox random)
    {
        points.Clear();
        strokeEnds.Clear();
        Glyph glyph = Choose(GlyphLibrary.Digits[digit], random);
        Span<float> blend = stackalloc float[glyph.Models.Length];
        DrawBlend(blend, random);
        for (int stroke = 0; stroke < glyph.Corners.Length; stroke++)
        {
            int count = glyph.Corners[stroke].Length;
            Vector2 shift = Jitter(random, StrokeJitter);
            for (int point = 0; point < count; point++)
            {
                Vector2 mean = default;
                for (int model = 0; model < blend.Length; model++)
                {
                    mean += blend[model] * glyph.Models[model][stroke][point];
                }

                controls[point] = mean + shift + Jitter(random, PointJitter);
            }

            AddCurve(controls.AsSpan(0, count), glyph.Corners[stroke]);
            strokeEnds.Add(points.Count);
        }

        Distort(random);
    }

    private static Glyph Choose(IReadOnlyList<Glyph> glyphs, Philox random)
    {
        double left = random.NextDouble() * glyphs.Sum(glyph => glyph.Weight);
        foreach (Glyph glyph in glyphs)
        {
            left -= glyph.Weight;
            if (left < 0)
            {
                return glyph;
            }
        }

        return glyphs[^1];
    }

    // Shares of squared exponential variables: often one model outweighs the others, so that the extremes are seen too.
    private static void DrawBlend(Span<float> blend, Philox random)
    {
        double sum = 0;
        Span<double> parts = stackalloc double[blend.Length];
        foreach (ref double part in parts)
        {
            double exponential = -Math.Log(1 - random.NextDouble());
            sum += part = exponential * exponential;
        }

        for (int i = 0; i < blend.Length; i++)
        {
            blend[i] = (float)(parts[i] / sum);
        }
    }

    private static Vector2 Jitter(Philox random, double deviation) =>
        new((float)(deviation * random.NextNormal()), (float)(deviation * random.NextNormal()));

    // A cubic Hermite spline through the points, parametrised by the square root of the chord ("centripetal": no loops
    // where points lie close; Yuksel, Schaefer, Keyser, "Parameterization and applications of Catmull–Rom curves", 2011).
    private void AddCurve(ReadOnlySpan<Vector2> through, ReadOnlySpan<bool> corners)
    {
        points.Add(through[0]);
        for (int i = 0; i + 1 < through.Length; i++)
        {
            Vector2 a = through[i], b = through[i + 1];
            float span = Time(a, b);
            Vector2 slopeA = i == 0 || corners[i] ? (b - a) / span : Slope(through[i - 1], a, b);
            Vector2 slopeB = i + 2 == through.Length || corners[i + 1] ? (b - a) / span : Slope(a, b, through[i + 2]);
            for (int piece = 1; piece <= PiecesPerSpan; piece++)
            {
                float t = (float)piece / PiecesPerSpan, t2 = t * t, t3 = t2 * t;
                points.Add((((2 * t3) - (3 * t2) + 1) * a) + ((t3 - (2 * t2) + t) * span * slopeA)
                    + (((3 * t2) - (2 * t3)) * b) + ((t3 - t2) * span * slopeB));
            }
        }
    }

    private static Vector2 Slope(Vector2 before, Vector2 at, Vector2 after)
    {
        float first = Time(before, at), second = Time(at, after);
        return ((at - before) / first) - ((after - before) / (first + second)) + ((after - at) / second);
    }

    private static float Time(Vector2 a, Vector2 b) => MathF.Sqrt(MathF.Max(Vector2.Distance(a, b), 1e-3f));

    // Stretch, slant, rotate, and bend by a smooth random field: sines of about one wave across the digit.
    private void Distort(Philox random)
    {
        float stretch = (float)Math.Exp(AspectMean + (Aspect * random.NextNormal()));
        float slant = (float)(SlantMean + (Slant * random.NextNormal()));
        (float sin, float cos) = MathF.SinCos((float)(Rotation * random.NextNormal()));
        Matrix3x2 affine = new Matrix3x2(stretch, 0, -slant, 1, 0, 0) * new Matrix3x2(cos, sin, -sin, cos, 0, 0);
        float taper = (float)(Taper * random.NextNormal()), proportion = (float)(Proportion * random.NextNormal());
        Span<Wave> waves = stackalloc Wave[4];
        foreach (ref Wave wave in waves)
        {
            wave = Wave.Draw(random, Warp);
        }

        for (int i = 0; i < points.Count; i++)
        {
            Vector2 p = points[i], bend = default;
            foreach (Wave wave in waves)
            {
                bend += wave.At(p);
            }

            // The lower half wider or narrower than the upper (taper), taller or shorter (proportion).
            float fromMiddle = p.Y - 0.5f;
            Vector2 shaped = new(
                0.35f + ((p.X - 0.35f) * (1 + (taper * 2 * fromMiddle))), p.Y + (proportion * p.Y * (1 - p.Y)));
            points[i] = Vector2.Transform(shaped + bend, affine);
        }
    }

    /// <summary>One sine wave of displacement.</summary>
    private readonly record struct Wave(Vector2 Amplitude, Vector2 Frequency, float Phase)
    {
        public static Wave Draw(Philox random, double deviation) => new(
            Jitter(random, deviation),
            new Vector2((float)random.NextDouble(-5, 5), (float)random.NextDouble(-5, 5)),
            (float)random.NextDouble(0, 2 * Math.PI));

        public Vector2 At(Vector2 p) => Amplitude * MathF.Sin(Vector2.Dot(Frequency, p) + Phase);
    }
}
