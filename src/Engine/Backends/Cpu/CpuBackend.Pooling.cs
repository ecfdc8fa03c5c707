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
    public override void AveragePoolingBackward(Tensor g, in Window window, Tensor dx)
    {
        PoolingShape shape = new(dx, window);
        Require.IsA(dx.DType, shape.Output, g, dx);
        if (Require.Float32(g))
        {
            AveragePoolingBackward<float>(g, shape, dx);
        }
        else
        {
            AveragePoolingBackward<double>(g, shape, dx);
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

    private static void AveragePoolingBackward<T>(Tensor g, in PoolingShape shape, Tensor dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = PlanesOf(shape);
        fixed (T* pg = g.AsSpan<T>(), pdx = dx.AsSpan<T>())
        {
            WorkerPool.Run(new AveragePoolingBackwardJob<T>(pg, shape, pdx, partition), partition.Jobs);
        }
    }

    private static Partition PlanesOf(in PoolingShape shape) => new(shape.Planes, Math.Max(shape.InputsPerPlane, shape.OutputsPerPlane));

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

    private readonly struct AveragePoolingBackwardJob<T>(T* g, PoolingShape shape, T* dx, Partition partition) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            (int from, int to) = partition[index];
            if (shape.Rows.IsSideBySide && shape.Columns.IsSideBySide)
            {
                for (int plane = from; plane < to; plane++)
                {
                    Tile(g + ((nint)plane * shape.OutputsPerPlane), dx + ((nint)plane * shape.InputsPerPlane));
                }

                return;
            }

            int output = from * shape.OutputsPerPlane;
            for (int plane = from; plane < to; plane++)
            {
                T* target = dx + ((nint)plane * shape.InputsPerPlane);
                new Span<T>(target, shape.InputsPerPlane).Clear();
                for (int i = 0; i < shape.Rows.Outputs; i++)
                {
                    PoolingRange rows = shape.Rows[i];
                    for (int j = 0; j < shape.Columns.Outputs; j++)
                    {
                        PoolingRange columns = shape.Columns[j];
                        Share(g[output++] / T.CreateTruncating(rows.Count * columns.Count), target, rows, columns);
                    }
                }
            }
        }

        // No element is in two windows: a row of windows is one row of numbers, as often as a window has rows. Everything
        // is written once.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Tile(T* gradients, T* target)
        {
            int kernelY = shape.Rows.Kernel, kernelX = shape.Columns.Kernel, width = shape.Columns.Inputs, used = shape.Columns.Outputs * kernelX;
            T count = T.CreateTruncating(kernelY * kernelX);
            for (int i = 0; i < shape.Rows.Outputs; i++)
            {
                T* row = target;
                for (int j = 0; j < shape.Columns.Outputs; j++)
                {
                    T part = *gradients++ / count;
                    for (int s = 0; s < kernelX; s++)
                    {
                        *row++ = part;
                    }
                }

                Span<T> first = new(target, width);
                first[used..].Clear();
                for (int r = 1; r < kernelY; r++)
                {
                    first.CopyTo(new Span<T>(target + (r * width), width));
                }

                target += kernelY * width;
            }

            new Span<T>(target, (shape.Rows.Inputs - (shape.Rows.Outputs * kernelY)) * width).Clear();
        }

        private void Share(T gradient, T* target, PoolingRange rows, PoolingRange columns)
        {
            for (int row = rows.First; row < rows.End; row += rows.Step)
            {
                for (int column = columns.First; column < columns.End; column += columns.Step)
                {
                    target[(row * shape.Columns.Inputs) + column] += gradient;
                }
            }
        }
    }
}
