using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>y = γ·(x − μ)/√(σ² + ε) + β with the statistics of x itself.</summary>
internal readonly unsafe struct BatchNormalizationForwardJob<T>(
    T* x, T* gamma, T* beta, T epsilon, ChannelLayout layout, T* y, T* mean, T* variance, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        Vector512<T> count = Vector512.Create(T.CreateTruncating(layout.ElementsPerChannel));
        (int from, int to) = partition[index];
        for (int i = from; i < to; i++)
        {
            ChannelGroup<T> group = layout.Group<T>(i);
            T* source = x + group.Offset;
            Vector512<T> mu = group.Total(Pairwise.Sum(source, source, group.Strip, default(Value<T>))) / count;
            Vector512<T> sigma2 = group.Total(Pairwise.Sum(source, source, group.Strip, new SquaredDeviation<T>(mu))) / count;
            group.Store(mu, mean);
            group.Store(sigma2, variance);

            Vector512<T> scale = group.Load(gamma) / Vector512.Sqrt(sigma2 + Vector512.Create(epsilon));
            group.Strip.Map(source, source, y + group.Offset, new Affine<T>(mu, scale, group.Load(beta)));
        }
    }
}

/// <summary>y = γ·(x − μ)/√(σ² + ε) + β with given statistics.</summary>
internal readonly unsafe struct BatchNormalizationInferenceJob<T>(
    T* x, T* gamma, T* beta, T* mean, T* variance, T epsilon, ChannelLayout layout, T* y, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        for (int i = from; i < to; i++)
        {
            ChannelGroup<T> group = layout.Group<T>(i);
            Vector512<T> scale = group.Load(gamma) / Vector512.Sqrt(group.Load(variance) + Vector512.Create(epsilon));
            Affine<T> f = new(group.Load(mean), scale, group.Load(beta));
            group.Strip.Map(x + group.Offset, x + group.Offset, y + group.Offset, f);
        }
    }
}

/// <summary>dx, dγ and dβ, for statistics of x itself or for constant ones.</summary>
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
    Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        Vector512<T> count = Vector512.Create(T.CreateTruncating(layout.ElementsPerChannel));
        (int from, int to) = partition[index];
        for (int i = from; i < to; i++)
        {
            ChannelGroup<T> group = layout.Group<T>(i);
            T* input = x + group.Offset, gradient = g + group.Offset, output = dx + group.Offset;
            Vector512<T> mu = group.Load(mean);
            Vector512<T> inverseSigma = Vector512<T>.One / Vector512.Sqrt(group.Load(variance) + Vector512.Create(epsilon));
            Vector512<T> sumG = group.Total(Pairwise.Sum(gradient, gradient, group.Strip, default(Value<T>)));

            // Σ g·x̂, the factor 1/σ taken out of the sum.
            Vector512<T> sumGX = inverseSigma * group.Total(Pairwise.Sum(input, gradient, group.Strip, new TimesDeviation<T>(mu)));
            if (dgamma is not null)
            {
                group.Store(group.Load(dgamma) + sumGX, dgamma);
            }

            if (dbeta is not null)
            {
                group.Store(group.Load(dbeta) + sumG, dbeta);
            }

            Vector512<T> scale = group.Load(gamma) * inverseSigma;
            if (constantStatistics)
            {
                group.Strip.Map(gradient, gradient, output, new Scaled<T>(scale));
            }
            else
            {
                group.Strip.Map(input, gradient, output, new Projected<T>(mu, sumG / count, inverseSigma * sumGX / count, scale));
            }
        }
    }
}

/// <summary>Σ (a − μ)².</summary>
internal readonly struct SquaredDeviation<T>(Vector512<T> mean) : ITerm<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => (a - mean) * (a - mean);
}

/// <summary>Σ (a − μ)·b.</summary>
internal readonly struct TimesDeviation<T>(Vector512<T> mean) : ITerm<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => (a - mean) * b;
}

/// <summary>(a − μ)·scale + shift.</summary>
internal readonly struct Affine<T>(Vector512<T> mean, Vector512<T> scale, Vector512<T> shift) : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => VectorMath.MultiplyAdd(a - mean, scale, shift);
}

/// <summary>scale·b.</summary>
internal readonly struct Scaled<T>(Vector512<T> scale) : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => scale * b;
}

/// <summary>scale·(b − mean b − (a − μ)·slope): what is left of b without its parts along 1 and along x̂.</summary>
internal readonly struct Projected<T>(Vector512<T> mean, Vector512<T> meanB, Vector512<T> slope, Vector512<T> scale) : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => scale * (b - meanB - ((a - mean) * slope));
}
