using System.Numerics;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Mean and squared deviations of the values of a channel, or of each of a group of channels.</summary>
/// <remarks>
/// Σx² − (Σx)²/m would cancel, and the mean must be known before deviations from it. Yet the values are read from memory
/// only once: they are cut into blocks that fit the first cache, a block is read there twice, once for its own mean and
/// once for the deviations from that, and blocks are joined by halves (Chan, Golub and LeVeque, "Updating formulae and a
/// pairwise algorithm for computing sample variances", 1979): with δ = μ₂ − μ₁ and m = m₁ + m₂,
///   μ = μ₁ + δ·m₂/m,   S = S₁ + S₂ + δ²·m₁·m₂/m.
/// </remarks>
/// <param name="Mean">μ, the same in every lane or one channel's in each.</param>
/// <param name="Squares">S = Σ (x − μ)².</param>
/// <param name="Count">m.</param>
internal readonly unsafe record struct Moments<T>(Vector512<T> Mean, Vector512<T> Squares, int Count)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>σ² = S / m.</summary>
    public Vector512<T> Variance => Squares / Vector512.Create(T.CreateTruncating(Count));

    /// <summary>The moments of a group of channels.</summary>
    /// <param name="x">Where the group begins.</param>
    /// <param name="group">The group.</param>
    public static Moments<T> Of(T* x, in ChannelGroup<T> group) => Of(x, group, group.Strip);

    private static Moments<T> Of(T* x, in ChannelGroup<T> group, Strip strip)
    {
        if (strip.IsWithin<T>(Pairwise.Block))
        {
            return OfBlock(x, group, strip);
        }

        (Strip first, Strip second, int offset) = strip.Halves();
        return Join(Of(x, group, first), Of(x + offset, group, second));
    }

    private static Moments<T> OfBlock(T* x, in ChannelGroup<T> group, Strip strip)
    {
        int count = group.LaneCount == 0 ? strip.Rows * strip.Length : strip.Rows;
        Vector512<T> mean = group.Total(Pairwise.Sum(x, x, strip, default(Value<T>))) / Vector512.Create(T.CreateTruncating(count));
        return new Moments<T>(mean, group.Total(Pairwise.Sum(x, x, strip, new SquaredDeviation<T>(mean))), count);
    }

    private static Moments<T> Join(in Moments<T> a, in Moments<T> b)
    {
        int count = a.Count + b.Count;
        T share = T.CreateTruncating(b.Count) / T.CreateTruncating(count);
        Vector512<T> delta = b.Mean - a.Mean;
        return new Moments<T>(
            VectorMath.MultiplyAdd(delta, Vector512.Create(share), a.Mean),
            VectorMath.MultiplyAdd(delta * delta, Vector512.Create(T.CreateTruncating(a.Count) * share), a.Squares + b.Squares),
            count);
    }
}
