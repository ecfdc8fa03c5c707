using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    /// <remarks>Two passes for the statistics, the mean first: Σx² − (Σx)² would cancel. Sums are accumulated pairwise.</remarks>
    public override void BatchNormalizationForward(
        Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        Require.BatchNormalization(x, gamma, beta, y, mean, variance);
        ChannelLayout layout = new(x.Shape);
        if (Require.Float32(x))
        {
            BatchNormalizationForward<float>(x, gamma, beta, epsilon, layout, y, mean, variance);
        }
        else
        {
            BatchNormalizationForward<double>(x, gamma, beta, epsilon, layout, y, mean, variance);
        }
    }

    /// <inheritdoc/>
    public override void BatchNormalizationInference(
        Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon, Tensor y)
    {
        Require.BatchNormalization(x, gamma, beta, y, mean, variance);
        ChannelLayout layout = new(x.Shape);
        if (Require.Float32(x))
        {
            BatchNormalizationInference<float>(x, gamma, beta, mean, variance, epsilon, layout, y);
        }
        else
        {
            BatchNormalizationInference<double>(x, gamma, beta, mean, variance, epsilon, layout, y);
        }
    }

    /// <inheritdoc/>
    public override void BatchNormalizationBackward(
        Tensor x, Tensor g, Tensor gamma, Tensor mean, Tensor variance, double epsilon, Tensor dx, Tensor? dgamma, Tensor? dbeta) =>
        BatchNormalizationBackward(x, g, gamma, mean, variance, epsilon, dx, dgamma, dbeta, constantStatistics: false);

    /// <inheritdoc/>
    public override void BatchNormalizationInferenceBackward(
        Tensor x, Tensor g, Tensor gamma, Tensor mean, Tensor variance, double epsilon, Tensor dx, Tensor? dgamma, Tensor? dbeta) =>
        BatchNormalizationBackward(x, g, gamma, mean, variance, epsilon, dx, dgamma, dbeta, constantStatistics: true);

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
        bool constantStatistics,
        [CallerMemberName] string operation = "")
    {
        Require.BatchNormalizationBackward(x, g, gamma, mean, variance, dx, dgamma, dbeta, operation);
        ChannelLayout layout = new(x.Shape);
        if (Require.Float32(x, operation))
        {
            BatchNormalizationBackward<float>(x, g, gamma, mean, variance, epsilon, layout, constantStatistics, dx, dgamma, dbeta);
        }
        else
        {
            BatchNormalizationBackward<double>(x, g, gamma, mean, variance, epsilon, layout, constantStatistics, dx, dgamma, dbeta);
        }
    }

    private static void BatchNormalizationForward<T>(
        Tensor x, Tensor gamma, Tensor beta, double epsilon, ChannelLayout layout, Tensor y, Tensor mean, Tensor variance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = layout.Partition<T>();
        fixed (T* px = x.AsSpan<T>(), pgamma = gamma.AsSpan<T>(), pbeta = beta.AsSpan<T>())
        fixed (T* py = y.AsSpan<T>(), pmean = mean.AsSpan<T>(), pvariance = variance.AsSpan<T>())
        {
            BatchNormalizationForwardJob<T> job = new(px, pgamma, pbeta, T.CreateTruncating(epsilon), layout, py, pmean, pvariance, partition);
            WorkerPool.Run(job, partition.Jobs);
        }
    }

    private static void BatchNormalizationInference<T>(
        Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon, ChannelLayout layout, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = layout.Partition<T>();
        fixed (T* px = x.AsSpan<T>(), pgamma = gamma.AsSpan<T>(), pbeta = beta.AsSpan<T>())
        fixed (T* py = y.AsSpan<T>(), pmean = mean.AsSpan<T>(), pvariance = variance.AsSpan<T>())
        {
            BatchNormalizationInferenceJob<T> job = new(px, pgamma, pbeta, pmean, pvariance, T.CreateTruncating(epsilon), layout, py, partition);
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
        Tensor? dbeta)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = layout.Partition<T>();
        fixed (T* px = x.AsSpan<T>(), pg = g.AsSpan<T>(), pgamma = gamma.AsSpan<T>())
        fixed (T* pmean = mean.AsSpan<T>(), pvariance = variance.AsSpan<T>(), pdx = dx.AsSpan<T>())
        fixed (T* pdgamma = dgamma is null ? default : dgamma.AsSpan<T>(), pdbeta = dbeta is null ? default : dbeta.AsSpan<T>())
        {
            BatchNormalizationBackwardJob<T> job = new(
                px, pg, pgamma, pmean, pvariance, T.CreateTruncating(epsilon), layout, constantStatistics, pdx, pdgamma, pdbeta, partition);
            WorkerPool.Run(job, partition.Jobs);
        }
    }
}
