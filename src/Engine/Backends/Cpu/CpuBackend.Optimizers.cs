using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void SgdStep(ReadOnlySpan<SgdItem> items, double rate, double momentum, Tensor? guard = null)
    {
        Require.Sgd(items, momentum, guard);
        if (IsStopped(guard))
        {
            return;
        }

        foreach (SgdItem item in items)
        {
            if (Require.Float32(item.Theta))
            {
                SgdStep<float>(item, rate, momentum);
            }
            else
            {
                SgdStep<double>(item, rate, momentum);
            }
        }
    }

    /// <inheritdoc/>
    public override void AdamStep(ReadOnlySpan<AdamItem> items, in AdamSettings settings, long step, Tensor? guard = null)
    {
        Require.Adam(items, step, guard);
        if (IsStopped(guard))
        {
            return;
        }

        foreach (AdamItem item in items)
        {
            if (Require.Float32(item.Theta))
            {
                AdamStep<float>(item, new(settings, step));
            }
            else
            {
                AdamStep<double>(item, new(settings, step));
            }
        }
    }

    private static bool IsStopped(Tensor? guard) => guard is not null && guard.AsSpan<int>()[0] != 0;

    private static void SgdStep<T>(in SgdItem item, double rate, double momentum)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T minusRate = T.CreateTruncating(-rate);
        if (momentum == 0)
        {
            Map<T, AddMultiple<T>>(new(minusRate), item.Gradient, item.Theta, item.Theta);
            return;
        }

        Partition partition = new(item.Theta.ElementCount);
        fixed (T* g = item.Gradient.AsSpan<T>(), v = item.Velocity!.AsSpan<T>(), theta = item.Theta.AsSpan<T>())
        {
            MomentumJob<T> job = new(g, minusRate, T.CreateTruncating(momentum), v, theta, partition);
            WorkerPool.Run(job, partition.Jobs);
        }
    }

    private static void AdamStep<T>(in AdamItem item, AdamConstants<T> constants)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = new(item.Theta.ElementCount);
        fixed (T* g = item.Gradient.AsSpan<T>(), m = item.M.AsSpan<T>(), v = item.V.AsSpan<T>(), theta = item.Theta.AsSpan<T>())
        {
            WorkerPool.Run(new AdamJob<T>(g, constants, m, v, theta, partition), partition.Jobs);
        }
    }

    // v = μ·v + g, θ −= η·v.
    private readonly struct MomentumJob<T>(T* g, T minusRate, T momentum, T* v, T* theta, Partition partition) : IParallelJob
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            Vector512<T> mu = Vector512.Create(momentum), minusEta = Vector512.Create(minusRate);
            (int i, int end) = partition[index];
            for (; i < end; i += Vector512<T>.Count)
            {
                int count = end - i;
                Vector512<T> velocity = VectorMath.MultiplyAdd(mu, Lanes.Load(v + i, count), Lanes.Load(g + i, count));
                Lanes.Store(velocity, v + i, count);
                Lanes.Store(VectorMath.MultiplyAdd(minusEta, velocity, Lanes.Load(theta + i, count)), theta + i, count);
            }
        }
    }

    private readonly struct AdamJob<T>(T* g, AdamConstants<T> constants, T* m, T* v, T* theta, Partition partition) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            Vector512<T> beta1 = Vector512.Create(constants.Beta1), oneMinusBeta1 = Vector512.Create(constants.OneMinusBeta1);
            Vector512<T> beta2 = Vector512.Create(constants.Beta2), oneMinusBeta2 = Vector512.Create(constants.OneMinusBeta2);
            Vector512<T> minusRate = Vector512.Create(constants.MinusRate), epsilon = Vector512.Create(constants.Epsilon);
            Vector512<T> correction2 = Vector512.Create(constants.Correction2);
            (int i, int end) = partition[index];
            for (; i < end; i += Vector512<T>.Count)
            {
                int count = end - i;
                Vector512<T> gradient = Lanes.Load(g + i, count);
                Vector512<T> first = VectorMath.MultiplyAdd(beta1, Lanes.Load(m + i, count), oneMinusBeta1 * gradient);
                Vector512<T> second = VectorMath.MultiplyAdd(beta2, Lanes.Load(v + i, count), oneMinusBeta2 * gradient * gradient);
                Vector512<T> step = first / (Vector512.Sqrt(second * correction2) + epsilon);
                Lanes.Store(first, m + i, count);
                Lanes.Store(second, v + i, count);
                Lanes.Store(VectorMath.MultiplyAdd(minusRate, step, Lanes.Load(theta + i, count)), theta + i, count);
            }
        }
    }
}
