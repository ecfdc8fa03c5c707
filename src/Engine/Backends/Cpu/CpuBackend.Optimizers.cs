using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void SgdStep(Tensor g, double rate, double momentum, Tensor? velocity, Tensor theta)
    {
        Require.Alike(theta, g);
        if (momentum != 0)
        {
            if (velocity is null)
            {
                throw new ArgumentNullException(nameof(velocity), $"Momentum {momentum} needs a velocity like theta, {theta.DType} {theta.Shape}.");
            }

            Require.Alike(theta, velocity);
        }

        if (Require.Float32(theta))
        {
            SgdStep<float>(g, rate, momentum, velocity, theta);
        }
        else
        {
            SgdStep<double>(g, rate, momentum, velocity, theta);
        }
    }

    /// <inheritdoc/>
    public override void AdamStep(Tensor g, in AdamSettings settings, long step, Tensor m, Tensor v, Tensor theta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        Require.Alike(theta, g);
        Require.Alike(theta, m);
        Require.Alike(theta, v);
        if (Require.Float32(theta))
        {
            AdamStep<float>(g, settings, step, m, v, theta);
        }
        else
        {
            AdamStep<double>(g, settings, step, m, v, theta);
        }
    }

    private static void SgdStep<T>(Tensor g, double rate, double momentum, Tensor? velocity, Tensor theta)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T minusRate = T.CreateTruncating(-rate);
        if (momentum == 0)
        {
            Map<T, AddMultiple<T>>(new(minusRate), g, theta, theta);
            return;
        }

        Partition partition = new(theta.ElementCount);
        fixed (T* pg = g.AsSpan<T>(), pv = velocity!.AsSpan<T>(), ptheta = theta.AsSpan<T>())
        {
            MomentumJob<T> job = new(pg, minusRate, T.CreateTruncating(momentum), pv, ptheta, partition);
            WorkerPool.Run(job, partition.Jobs);
        }
    }

    private static void AdamStep<T>(Tensor g, in AdamSettings settings, long step, Tensor m, Tensor v, Tensor theta)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        AdamConstants<T> constants = new(settings, step);
        Partition partition = new(theta.ElementCount);
        fixed (T* pg = g.AsSpan<T>(), pm = m.AsSpan<T>(), pv = v.AsSpan<T>(), ptheta = theta.AsSpan<T>())
        {
            WorkerPool.Run(new AdamJob<T>(pg, constants, pm, pv, ptheta, partition), partition.Jobs);
        }
    }

    // v = μ·v + g, θ −= η·v.
    private readonly struct MomentumJob<T>(T* g, T minusRate, T momentum, T* v, T* theta, Partition partition) : IParallelJob
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            Vector256<T> mu = Vector256.Create(momentum), minusEta = Vector256.Create(minusRate);
            (int i, int end) = partition[index];
            for (; i < end; i += Vector256<T>.Count)
            {
                int count = end - i;
                Vector256<T> velocity = VectorMath.MultiplyAdd(mu, Lanes.Load(v + i, count), Lanes.Load(g + i, count));
                Lanes.Store(velocity, v + i, count);
                Lanes.Store(VectorMath.MultiplyAdd(minusEta, velocity, Lanes.Load(theta + i, count)), theta + i, count);
            }
        }
    }

    // What is the same for every element of a step, worked out in double.
    private readonly struct AdamConstants<T>(in AdamSettings settings, long step)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public T Beta1 { get; } = T.CreateTruncating(settings.Beta1);

        public T Beta2 { get; } = T.CreateTruncating(settings.Beta2);

        public T OneMinusBeta1 { get; } = T.CreateTruncating(1 - settings.Beta1);

        public T OneMinusBeta2 { get; } = T.CreateTruncating(1 - settings.Beta2);

        /// <summary>−η / (1 − β₁ᵗ).</summary>
        public T MinusRate { get; } = T.CreateTruncating(-settings.Rate / (1 - Math.Pow(settings.Beta1, step)));

        /// <summary>1 / (1 − β₂ᵗ).</summary>
        public T Correction2 { get; } = T.CreateTruncating(1 / (1 - Math.Pow(settings.Beta2, step)));

        public T Epsilon { get; } = T.CreateTruncating(settings.Epsilon);
    }

    private readonly struct AdamJob<T>(T* g, AdamConstants<T> constants, T* m, T* v, T* theta, Partition partition) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            Vector256<T> beta1 = Vector256.Create(constants.Beta1), oneMinusBeta1 = Vector256.Create(constants.OneMinusBeta1);
            Vector256<T> beta2 = Vector256.Create(constants.Beta2), oneMinusBeta2 = Vector256.Create(constants.OneMinusBeta2);
            Vector256<T> minusRate = Vector256.Create(constants.MinusRate), epsilon = Vector256.Create(constants.Epsilon);
            Vector256<T> correction2 = Vector256.Create(constants.Correction2);
            (int i, int end) = partition[index];
            for (; i < end; i += Vector256<T>.Count)
            {
                int count = end - i;
                Vector256<T> gradient = Lanes.Load(g + i, count);
                Vector256<T> first = VectorMath.MultiplyAdd(beta1, Lanes.Load(m + i, count), oneMinusBeta1 * gradient);
                Vector256<T> second = VectorMath.MultiplyAdd(beta2, Lanes.Load(v + i, count), oneMinusBeta2 * gradient * gradient);
                Vector256<T> step = first / (Vector256.Sqrt(second * correction2) + epsilon);
                Lanes.Store(first, m + i, count);
                Lanes.Store(second, v + i, count);
                Lanes.Store(VectorMath.MultiplyAdd(minusRate, step, Lanes.Load(theta + i, count)), theta + i, count);
            }
        }
    }
}
