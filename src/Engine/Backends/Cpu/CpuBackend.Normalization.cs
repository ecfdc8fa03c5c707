using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    /// <remarks>See <see cref="Moments{T}"/> for how the statistics are found in one pass.</remarks>
    public override void BatchNormalizationForward(
        Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor y, Tensor mean, Tensor variance, Activation? activation = null)
    {
        Require.BatchNormalization(x, gamma, beta, y, mean, variance);
        ChannelLayout layout = new(x.Shape);
        if (Require.Float32(x))
        {
            BatchNormalizationForward<float>(x, gamma, beta, epsilon, layout, y, mean, variance, activation);
        }
        else
        {
            BatchNormalizationForward<double>(x, gamma, beta, epsilon, layout, y, mean, variance, activation);
        }
    }

    /// <inheritdoc/>
    public override void BatchNormalizationInference(
        Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon, Tensor y, Activation? activation = null)
    {
        Require.BatchNormalization(x, gamma, beta, y, mean, variance);
        ChannelLayout layout = new(x.Shape);
        if (Require.Float32(x))
        {
            BatchNormalizationInference<float>(x, gamma, beta, mean, variance, epsilon, layout, y, activation);
        }
        else
        {
            BatchNormalizationInference<double>(x, gamma, beta, mean, variance, epsilon, layout, y, activation);
        }
    }

    /// <inheritdoc/>
    public override void BatchNormalizationBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation = null,
        Tensor? y = null,
        Activation? before = null) =>
        BatchNormalizationBackward(x, g, gamma, mean, variance, epsilon, dx, dgamma, dbeta, activation, y, before, constantStatistics: false);

    /// <inheritdoc/>
    public override void BatchNormalizationInferenceBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation = null,
        Tensor? y = null,
        Activation? before = null) =>
        BatchNormalizationBackward(x, g, gamma, mean, variance, epsilon, dx, dgamma, dbeta, activation, y, before, constantStatistics: true);

    private static void BatchNormalizationBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation,
        Tensor? y,
        Activation? before,
        bool constantStatistics,
        [CallerMemberName] string operation = "")
    {
        Require.BatchNormalizationBackward(x, g, gamma, mean, variance, dx, dgamma, dbeta, activation, y, operation);
        ChannelLayout layout = new(x.Shape);
        if (Require.Float32(x, operation))
        {
            BatchNormalizationBackward<float>(x, g, gamma, mean, variance, epsilon, layout, constantStatistics, dx, dgamma, dbeta, activation, y, before);
        }
        else
        {
            BatchNormalizationBackward<double>(x, g, gamma, mean, variance, epsilon, layout, constantStatistics, dx, dgamma, dbeta, activation, y, before);
        }
    }

    private static void BatchNormalizationForward<T>(
        Tensor x, Tensor gamma, Tensor beta, double epsilon, ChannelLayout layout, Tensor y, Tensor mean, Tensor variance, Activation? activation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = layout.Partition<T>();
        fixed (T* px = x.AsSpan<T>(), pgamma = gamma.AsSpan<T>(), pbeta = beta.AsSpan<T>())
        fixed (T* py = y.AsSpan<T>(), pmean = mean.AsSpan<T>(), pvariance = variance.AsSpan<T>())
        {
            BatchNormalizationForwardJob<T> job = new(
                px, pgamma, pbeta, T.CreateTruncating(epsilon), layout, py, pmean, pvariance, activation, partition);
            WorkerPool.Run(job, partition.Jobs);
        }
    }

    private static void BatchNormalizationInference<T>(
        Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon, ChannelLayout layout, Tensor y, Activation? activation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = layout.Partition<T>();
        fixed (T* px = x.AsSpan<T>(), pgamma = gamma.AsSpan<T>(), pbeta = beta.AsSpan<T>())
        fixed (T* py = y.AsSpan<T>(), pmean = mean.AsSpan<T>(), pvariance = variance.AsSpan<T>())
        {
            BatchNormalizationInferenceJob<T> job = new(
                px, pgamma, pbeta, pmean, pvariance, T.CreateTruncating(epsilon), layout, py, activation, partition);
            WorkerPool.Run(job, partition.Jobs);
        }
    }

    private static void BatchNormalizationBackward<T>(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        ChannelLayout layout,
        bool constantStatistics,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation,
        Tensor? y,
        Activation? before)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = layout.Partition<T>();
        fixed (T* px = x.AsSpan<T>(), pg = g.AsSpan<T>(), pgamma = gamma.AsSpan<T>())
        fixed (T* pmean = mean.AsSpan<T>(), pvariance = variance.AsSpan<T>(), pdx = dx.AsSpan<T>())

        // Without an activation its output is not looked at; g is as good as any.
        fixed (T* py = (activation is null ? g : y!).AsSpan<T>())
        fixed (T* pdgamma = dgamma is null ? default : dgamma.AsSpan<T>(), pdbeta = dbeta is null ? default : dbeta.AsSpan<T>())
        {
            BatchNormalizationBackwardJob<T> job = new(
                px,
                pg,
                pgamma,
                pmean,
                pvariance,
                T.CreateTruncating(epsilon),
                layout,
                constantStatistics,
                pdx,
                pdgamma,
                pdbeta,
                activation,
                py,
                before,
                partition);
            WorkerPool.Run(job, partition.Jobs);
        }
    }
}
