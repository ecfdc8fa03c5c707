using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>y = f(γ·(x − μ)/√(σ² + ε) + β) with the statistics of x itself.</summary>
/// <remarks>
/// A channel is read twice, and as a rule only once from memory: what a core takes on, a channel of every image, stays in
/// its second cache between the statistics and the writing of y. The activation costs nothing but its arithmetic.
/// </remarks>
internal readonly unsafe struct BatchNormalizationForwardJob<T>(
    T* x, T* gamma, T* beta, T epsilon, ChannelLayout layout, T* y, T* mean, T* variance, Activation? activation, Partition partition)
    : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        for (int i = from; i < to; i++)
        {
            ChannelGroup<T> group = layout.Group<T>(i);
            T* source = x + group.Offset;
            Moments<T> moments = Moments<T>.Of(source, group);
            Vector512<T> sigma2 = moments.Variance;
            group.Store(moments.Mean, mean);
            group.Store(sigma2, variance);

            Vector512<T> scale = group.Load(gamma) / Vector512.Sqrt(sigma2 + Vector512.Create(epsilon));
            group.Strip.Map(source, source, y + group.Offset, new Affine<T>(moments.Mean, scale, group.Load(beta)), activation);
        }
    }
}

/// <summary>y = f(γ·(x − μ)/√(σ² + ε) + β) with given statistics.</summary>
internal readonly unsafe struct BatchNormalizationInferenceJob<T>(
    T* x, T* gamma, T* beta, T* mean, T* variance, T epsilon, ChannelLayout layout, T* y, Activation? activation, Partition partition)
    : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        for (int i = from; i < to; i++)
        {
            ChannelGroup<T> group = layout.Group<T>(i);
            Vector512<T> scale = group.Load(gamma) / Vector512.Sqrt(group.Load(variance) + Vector512.Create(epsilon));
            Affine<T> normalized = new(group.Load(mean), scale, group.Load(beta));
            group.Strip.Map(x + group.Offset, x + group.Offset, y + group.Offset, normalized, activation);
        }
    }
}

/// <summary>(a − μ)².</summary>
internal readonly struct SquaredDeviation<T>(Vector512<T> mean) : ITerm<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => (a - mean) * (a - mean);
}

/// <summary>(a − μ)·scale + shift.</summary>
internal readonly struct Affine<T>(Vector512<T> mean, Vector512<T> scale, Vector512<T> shift) : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => VectorMath.MultiplyAdd(a - mean, scale, shift);
}
