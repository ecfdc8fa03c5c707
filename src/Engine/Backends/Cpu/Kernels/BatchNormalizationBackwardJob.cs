using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>dx, dγ and dβ, for statistics of x itself or for constant ones, back through the activation behind as well.</summary>
/// <remarks>
/// Let h be the gradient that comes back through the activation, h = g·f′ with f′ written in the activation's output y;
/// without one, h = g. It is never stored. A channel is gone through twice: once for Σ h and Σ h·(x − μ) together, once
/// to write
///   dx = γ·s·(h − mean h − (x − μ)·s²·mean(h·(x − μ))),   s = 1/√(σ² + ε),
/// and what was read the first time is still in the second cache the second time. Where x itself came of an activation,
/// its derivative, written in x, is one more factor while dx is at hand.
/// </remarks>
internal readonly unsafe struct BatchNormalizationBackwardJob<T>(
    T* x,
    T* g,
    T* gamma,
    T* mean,
    T* variance,
    T epsilon,
    ChannelLayout layout,
    bool constantStatistics,
    T* dx,
    T* dgamma,
    T* dbeta,
    Activation? activation,
    T* y,
    Activation? before,
    Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        switch (activation)
        {
            case null:
                Execute<IdentityBackward<T>>(index);
                break;
            case Activation.Relu:
                Execute<ReluBackward<T>>(index);
                break;
            case Activation.Logistic:
                Execute<LogisticBackward<T>>(index);
                break;
            default:
                Execute<TanhBackward<T>>(index);
                break;
        }
    }

    private void Execute<TBackward>(int index)
        where TBackward : unmanaged, IBinaryOperator<T>
    {
        switch (before)
        {
            case null:
                Execute<TBackward, IdentityBackward<T>>(index);
                break;
            case Activation.Relu:
                Execute<TBackward, ReluBackward<T>>(index);
                break;
            case Activation.Logistic:
                Execute<TBackward, LogisticBackward<T>>(index);
                break;
            default:
                Execute<TBackward, TanhBackward<T>>(index);
                break;
        }
    }

    private void Execute<TBackward, TBefore>(int index)
        where TBackward : unmanaged, IBinaryOperator<T>
        where TBefore : unmanaged, IBinaryOperator<T>
    {
        Vector512<T> count = Vector512.Create(T.CreateTruncating(layout.ElementsPerChannel));
        (int from, int to) = partition[index];
        for (int i = from; i < to; i++)
        {
            ChannelGroup<T> group = layout.Group<T>(i);
            T* input = x + group.Offset, gradient = g + group.Offset, output = y + group.Offset;
            Vector512<T> mu = group.Load(mean);
            Vector512<T> inverseSigma = Vector512<T>.One / Vector512.Sqrt(group.Load(variance) + Vector512.Create(epsilon));
            Sums sums = SumsOf<TBackward>(input, gradient, output, group.Strip, mu);
            Vector512<T> sumH = group.Total(sums.H), sumHX = inverseSigma * group.Total(sums.TimesDeviation);
            if (dgamma is not null)
            {
                group.Store(group.Load(dgamma) + sumHX, dgamma);
            }

            if (dbeta is not null)
            {
                group.Store(group.Load(dbeta) + sumH, dbeta);
            }

            Vector512<T> scale = group.Load(gamma) * inverseSigma;
            if (constantStatistics)
            {
                group.Strip.Map(output, gradient, dx + group.Offset, new Scaled<T, TBackward>(scale));
                if (before is not null)
                {
                    group.Strip.Map(input, dx + group.Offset, dx + group.Offset, default(TBefore));
                }
            }
            else
            {
                Write<TBackward, TBefore>(input, gradient, output, group.Strip, mu, sumH / count, inverseSigma * sumHX / count, scale, dx + group.Offset);
            }
        }
    }

    private static Sums SumsOf<TBackward>(T* x, T* g, T* y, Strip strip, Vector512<T> mu)
        where TBackward : unmanaged, IBinaryOperator<T>
    {
        if (strip.IsWithin<T>(Pairwise.Block))
        {
            return SumsOfBlock<TBackward>(x, g, y, strip, mu);
        }

        (Strip first, Strip second, int offset) = strip.Halves();
        Sums a = SumsOf<TBackward>(x, g, y, first, mu), b = SumsOf<TBackward>(x + offset, g + offset, y + offset, second, mu);
        return new Sums(a.H + b.H, a.TimesDeviation + b.TimesDeviation);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Sums SumsOfBlock<TBackward>(T* x, T* g, T* y, Strip strip, Vector512<T> mu)
        where TBackward : unmanaged, IBinaryOperator<T>
    {
        // Two sums of each kind side by side hide the latency of addition. The next row is asked for meanwhile.
        Vector512<T> sum0 = default, sum1 = default, product0 = default, product1 = default;
        int width = Vector512<T>.Count, n = strip.Length, next = strip.Stride;
        for (int row = 0; row < strip.Rows; row++)
        {
            int i = 0;
            for (; i <= n - (2 * width); i += 2 * width)
            {
                Lanes.Prefetch(x + next + i);
                Lanes.Prefetch(x + next + i + width);
                Lanes.Prefetch(g + next + i);
                Lanes.Prefetch(g + next + i + width);
                Lanes.Prefetch(y + next + i);
                Lanes.Prefetch(y + next + i + width);
                Vector512<T> h0 = default(TBackward).Invoke(Vector512.Load(y + i), Vector512.Load(g + i));
                Vector512<T> h1 = default(TBackward).Invoke(Vector512.Load(y + i + width), Vector512.Load(g + i + width));
                sum0 += h0;
                sum1 += h1;
                product0 = VectorMath.MultiplyAdd(Vector512.Load(x + i) - mu, h0, product0);
                product1 = VectorMath.MultiplyAdd(Vector512.Load(x + i + width) - mu, h1, product1);
            }

            for (; i < n; i += width)
            {
                // Beyond the end of the row g is 0, and so is what comes of it.
                Vector512<T> h = default(TBackward).Invoke(Lanes.Load(y + i, n - i), Lanes.Load(g + i, n - i));
                sum0 += h;
                product0 = VectorMath.MultiplyAdd(Lanes.Load(x + i, n - i) - mu, h, product0);
            }

            x += strip.Stride;
            g += strip.Stride;
            y += strip.Stride;
        }

        return new Sums(sum0 + sum1, product0 + product1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write<TBackward, TBefore>(
        T* x, T* g, T* y, Strip strip, Vector512<T> mu, Vector512<T> meanH, Vector512<T> slope, Vector512<T> scale, T* dx)
        where TBackward : unmanaged, IBinaryOperator<T>
        where TBefore : unmanaged, IBinaryOperator<T>
    {
        int width = Vector512<T>.Count, n = strip.Length;
        for (int row = 0; row < strip.Rows; row++)
        {
            int i = 0;
            for (; i <= n - width; i += width)
            {
                Vector512<T> h = default(TBackward).Invoke(Vector512.Load(y + i), Vector512.Load(g + i));
                Vector512<T> input = Vector512.Load(x + i);
                default(TBefore).Invoke(input, scale * (h - meanH - ((input - mu) * slope))).Store(dx + i);
            }

            if (i < n)
            {
                Vector512<T> h = default(TBackward).Invoke(Lanes.Load(y + i, n - i), Lanes.Load(g + i, n - i));
                Vector512<T> input = Lanes.Load(x + i, n - i);
                Lanes.Store(default(TBefore).Invoke(input, scale * (h - meanH - ((input - mu) * slope))), dx + i, n - i);
            }

            x += strip.Stride;
            g += strip.Stride;
            y += strip.Stride;
            dx += strip.Stride;
        }
    }

    // Σ h and Σ h·(x − μ).
    private readonly record struct Sums(Vector512<T> H, Vector512<T> TimesDeviation);
}

/// <summary>scale·h, h being the gradient that comes back through the activation.</summary>
internal readonly struct Scaled<T, TBackward>(Vector512<T> scale) : IBinaryOperator<T>
    where T : unmanaged
    where TBackward : unmanaged, IBinaryOperator<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> y, Vector512<T> g) => scale * default(TBackward).Invoke(y, g);
}
