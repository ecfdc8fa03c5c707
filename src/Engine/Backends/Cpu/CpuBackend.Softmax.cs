using System.Numerics;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void SoftmaxForward(Tensor x, Tensor y)
    {
        Require.Alike(x, y);
        if (Require.Float32(x))
        {
            SoftmaxForward<float>(x, y);
        }
        else
        {
            SoftmaxForward<double>(x, y);
        }
    }

    /// <inheritdoc/>
    public override void SoftmaxBackward(Tensor y, Tensor g, Tensor dx)
    {
        Require.Alike(y, g);
        Require.Alike(y, dx);
        if (Require.Float32(y))
        {
            SoftmaxBackward<float>(y, g, dx);
        }
        else
        {
            SoftmaxBackward<double>(y, g, dx);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The loss is accumulated in double. A target of 0 costs nothing, even where the logit is −∞.</remarks>
    public override void SoftmaxCrossEntropyForward(Tensor x, Tensor targets, Tensor probabilities, Tensor loss)
    {
        RequireTargets(x, targets);
        Require.Alike(x, probabilities);
        Require.IsA(x.DType, [], loss, x);
        if (Require.Float32(x))
        {
            SoftmaxCrossEntropyForward<float>(x, targets, probabilities, loss);
        }
        else
        {
            SoftmaxCrossEntropyForward<double>(x, targets, probabilities, loss);
        }
    }

    /// <inheritdoc/>
    public override void SoftmaxCrossEntropyBackward(Tensor probabilities, Tensor targets, Tensor dx)
    {
        RequireTargets(probabilities, targets);
        Require.Alike(probabilities, dx);
        if (Require.Float32(probabilities))
        {
            SoftmaxCrossEntropyBackward<float>(probabilities, targets, dx);
        }
        else
        {
            SoftmaxCrossEntropyBackward<double>(probabilities, targets, dx);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The loss is accumulated pairwise in the tensors' own type, over parts of a large tensor in double.</remarks>
    public override void LogisticCrossEntropyForward(Tensor x, Tensor targets, Tensor probabilities, Tensor loss)
    {
        Require.Alike(x, targets);
        Require.Alike(x, probabilities);
        Require.IsA(x.DType, [], loss, x);
        if (Require.Float32(x))
        {
            LogisticCrossEntropyForward<float>(x, targets, probabilities, loss);
        }
        else
        {
            LogisticCrossEntropyForward<double>(x, targets, probabilities, loss);
        }
    }

    private static void RequireTargets(Tensor x, Tensor targets)
    {
        Require.Targets(x, targets);
        if (targets.DType == DType.Int32)
        {
            Require.Labels(targets.AsSpan<int>(), x.Shape[1]);
        }
    }

    private static void SoftmaxForward<T>(Tensor x, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int classes = RowLength(x);
        Partition partition = new(x.ElementCount / classes, classes);
        fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
        {
            WorkerPool.Run(new SoftmaxJob<T>(px, classes, py, partition), partition.Jobs);
        }
    }

    private static void SoftmaxBackward<T>(Tensor y, Tensor g, Tensor dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int classes = RowLength(y);
        Partition partition = new(y.ElementCount / classes, classes);
        fixed (T* py = y.AsSpan<T>(), pg = g.AsSpan<T>(), pdx = dx.AsSpan<T>())
        {
            WorkerPool.Run(new SoftmaxBackwardJob<T>(py, pg, classes, pdx, partition), partition.Jobs);
        }
    }

    private static void SoftmaxCrossEntropyForward<T>(Tensor x, Tensor targets, Tensor probabilities, Tensor loss)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rows = x.Shape[0], classes = x.Shape[1];
        bool labelled = targets.DType == DType.Int32;
        Partition partition = new(rows, classes);
        double* losses = stackalloc double[Partition.MostJobs];
        fixed (T* px = x.AsSpan<T>(), pp = probabilities.AsSpan<T>(), pt = labelled ? default : targets.AsSpan<T>())
        fixed (int* labels = labelled ? targets.AsSpan<int>() : default)
        {
            WorkerPool.Run(new SoftmaxCrossEntropyJob<T>(px, pt, labels, classes, pp, losses, partition), partition.Jobs);
        }

        loss.AsSpan<T>()[0] = T.CreateTruncating(InOrder(losses, partition.Jobs) / rows);
    }

    private static void SoftmaxCrossEntropyBackward<T>(Tensor probabilities, Tensor targets, Tensor dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rows = dx.Shape[0], classes = dx.Shape[1];
        bool labelled = targets.DType == DType.Int32;
        Partition partition = new(rows, classes);
        fixed (T* pp = probabilities.AsSpan<T>(), pt = labelled ? default : targets.AsSpan<T>(), pdx = dx.AsSpan<T>())
        fixed (int* labels = labelled ? targets.AsSpan<int>() : default)
        {
            WorkerPool.Run(new SoftmaxCrossEntropyBackwardJob<T>(pp, pt, labels, rows, classes, pdx, partition), partition.Jobs);
        }
    }

    private static void LogisticCrossEntropyForward<T>(Tensor x, Tensor targets, Tensor probabilities, Tensor loss)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = new(x.ElementCount);
        double* losses = stackalloc double[Partition.MostJobs];
        fixed (T* px = x.AsSpan<T>(), pt = targets.AsSpan<T>(), pp = probabilities.AsSpan<T>())
        {
            WorkerPool.Run(new LogisticCrossEntropyJob<T>(px, pt, pp, losses, partition), partition.Jobs);
        }

        loss.AsSpan<T>()[0] = T.CreateTruncating(InOrder(losses, partition.Jobs) / x.ElementCount);
    }

    private static int RowLength(Tensor x) => x.Shape.Rank == 0 ? 1 : x.Shape[-1];

    private static double InOrder(double* parts, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += parts[i];
        }

        return sum;
    }
}
