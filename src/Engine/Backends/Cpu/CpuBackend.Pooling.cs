using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    /// <remarks>NaN counts as the largest.</remarks>
    public override void MaxPoolingForward(Tensor x, in Window window, Tensor y, Tensor argMax)
    {
        PoolingShape shape = new(x, window);
        Require.IsA(x.DType, shape.Output, y, x);
        Require.IsA(DType.Int32, shape.Output, argMax, x);
        if (Require.Float32(x))
        {
            MaxPoolingForward<float>(x, shape, y, argMax);
        }
        else
        {
            MaxPoolingForward<double>(x, shape, y, argMax);
        }
    }

    /// <inheritdoc/>
    public override void MaxPoolingBackward(Tensor g, Tensor argMax, in Window window, Tensor dx)
    {
        PoolingShape shape = new(dx, window);
        Require.IsA(dx.DType, shape.Output, g, dx);
        Require.IsA(DType.Int32, shape.Output, argMax, dx);
        if (Require.Float32(g))
        {
            MaxPoolingBackward<float>(g, argMax, shape, dx);
        }
        else
        {
            MaxPoolingBackward<double>(g, argMax, shape, dx);
        }
    }

    /// <inheritdoc/>
    public override void AveragePoolingForward(Tensor x, in Window window, Tensor y)
    {
        PoolingShape shape = new(x, window);
        Require.IsA(x.DType, shape.Output, y, x);
        if (Require.Float32(x))
        {
            AveragePoolingForward<float>(x, shape, y);
        }
        else
        {
            AveragePoolingForward<double>(x, shape, y);
        }
    }

    /// <inheritdoc/>
    public override void AveragePoolingBackward(Tensor g, in Window window, Tensor dx, Activation? before = null, Tensor? x = null)
    {
        PoolingShape shape = new(dx, window);
        Require.IsA(dx.DType, shape.Output, g, dx);
        Require.CameOf(before, x, dx);
        if (Require.Float32(g))
        {
            AveragePoolingBackward<float>(g, shape, before, x ?? dx, dx);
        }
        else
        {
            AveragePoolingBackward<double>(g, shape, before, x ?? dx, dx);
        }
    }

    private static void MaxPoolingForward<T>(Tensor x, in PoolingShape shape, Tensor y, Tensor argMax)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = PlanesOf(shape);
        fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
        fixed (int* pargMax = argMax.AsSpan<int>())
        {
            WorkerPool.Run(new MaxPoolingJob<T>(px, shape, py, pargMax, partition), partition.Jobs);
        }
    }

    private static void MaxPoolingBackward<T>(Tensor g, Tensor argMax, in PoolingShape shape, Tensor dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = PlanesOf(shape);
        fixed (T* pg = g.AsSpan<T>(), pdx = dx.AsSpan<T>())
        fixed (int* pargMax = argMax.AsSpan<int>())
        {
            WorkerPool.Run(new MaxPoolingBackwardJob<T>(pg, pargMax, shape.OutputsPerPlane, shape.InputsPerPlane, pdx, partition), partition.Jobs);
        }
    }

    private static void AveragePoolingForward<T>(Tensor x, in PoolingShape shape, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = PlanesOf(shape);
        fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
        {
            WorkerPool.Run(new AveragePoolingJob<T>(px, shape, py, partition), partition.Jobs);
        }
    }

    private static void AveragePoolingBackward<T>(Tensor g, in PoolingShape shape, Activation? before, Tensor x, Tensor dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (before)
        {
            case null:
                AveragePoolingBackward<T, IdentityBackward<T>>(g, shape, x, dx);
                break;
            case Activation.Relu:
                AveragePoolingBackward<T, ReluBackward<T>>(g, shape, x, dx);
                break;
            case Activation.Logistic:
                AveragePoolingBackward<T, LogisticBackward<T>>(g, shape, x, dx);
                break;
            case Activation.Tanh:
                AveragePoolingBackward<T, TanhBackward<T>>(g, shape, x, dx);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(before), before, "Not an Activation.");
        }
    }

    private static void AveragePoolingBackward<T, TBefore>(Tensor g, in PoolingShape shape, Tensor x, Tensor dx)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TBefore : unmanaged, IBinaryOperator<T>
    {
        Partition partition = PlanesOf(shape);
        fixed (T* pg = g.AsSpan<T>(), px = x.AsSpan<T>(), pdx = dx.AsSpan<T>())
        {
            WorkerPool.Run(new AveragePoolingBackwardJob<T, TBefore>(pg, px, shape, pdx, partition), partition.Jobs);
        }
    }

    // A window costs about as much for every row that it has.
    private static Partition PlanesOf(in PoolingShape shape) =>
        new(shape.Planes, (long)Math.Max(shape.InputsPerPlane, shape.OutputsPerPlane * shape.Rows.Kernel) * 2);

    private readonly struct MaxPoolingBackwardJob<T>(T* g, int* argMax, int outputs, int inputs, T* dx, Partition partition) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            (int from, int to) = partition[index];
            for (int plane = from; plane < to; plane++)
            {
                // A span, because positions come from outside and must not lead out of the plane.
                Span<T> target = new(dx + ((nint)plane * inputs), inputs);
                target.Clear();
                nint first = (nint)plane * outputs;
                for (int i = 0; i < outputs; i++)
                {
                    target[argMax[first + i]] += g[first + i];
                }
            }
        }
    }
}
