using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>The mean of the elements under each window, some planes at a time.</summary>
/// <remarks>
/// First down, then across: rows of the plane are added up to rows of column sums, whole vectors that lie as they are in
/// memory; then each window adds up its few columns of those. Where the windows of a row fill it exactly, as 2×2 with
/// stride 2 does, the column sums of all rows and planes run on without a break, and vectors need not stop at row ends.
/// </remarks>
internal readonly unsafe struct AveragePoolingJob<T>(T* x, PoolingShape shape, T* y, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        int step = PoolingColumns.PlanesAtATime<T>(shape);
        T* sums = Scratch.Get<T>(ScratchUse.Columns, PoolingColumns.Numbers<T>(shape, step));
        for (int plane = from; plane < to; plane += step)
        {
            Means(plane, Math.Min(step, to - plane), sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Means(int plane, int planes, T* sums)
    {
        int pitch = PoolingColumns.Pitch(shape), outputs = shape.Columns.Outputs;
        T* row = sums;
        for (int p = plane; p < plane + planes; p++)
        {
            T* source = x + ((nint)p * shape.InputsPerPlane);
            for (int i = 0; i < shape.Rows.Outputs; i++)
            {
                AddRows(source, shape.Rows[i], row);
                row += pitch;
            }
        }

        T* result = y + ((nint)plane * shape.OutputsPerPlane);
        (int firstWhole, int endWhole) = shape.Rows.Inside;
        (int firstColumn, int endColumn) = shape.Columns.Inside;
        bool whole = firstWhole == 0 && endWhole == shape.Rows.Outputs && firstColumn == 0 && endColumn == outputs;
        int count = shape.Rows.Kernel * shape.Columns.Kernel;
        if (whole && PoolingColumns.RunOn(shape))
        {
            Across(sums, planes * shape.OutputsPerPlane, count, result);
            return;
        }

        for (int p = 0; p < planes; p++)
        {
            for (int i = 0; i < shape.Rows.Outputs; i++)
            {
                if (whole)
                {
                    Across(sums, outputs, count, result);
                }
                else
                {
                    Across(sums, outputs, 1, result);
                    DivideByCounts(shape.Rows[i].Count, result);
                }

                sums += pitch;
                result += outputs;
            }
        }
    }

    // The sums of a window's rows, with zeros for the padding beside them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRows(T* source, PoolingRange rows, T* sums)
    {
        int inputs = shape.Columns.Inputs, before = shape.Columns.Before, pitch = PoolingColumns.Pitch(shape);
        T* first = source + ((nint)rows.First * inputs);
        nint step = (nint)rows.Step * inputs;
        int count = rows.Count;
        for (int j = 0; j < before; j++)
        {
            sums[j] = T.Zero;
        }

        for (int j = 0; j < inputs; j += Vector512<T>.Count)
        {
            T* at = first + j;
            Vector512<T> sum = Lanes.Load(at, inputs - j);
            for (int r = 1; r < count; r++)
            {
                at += step;
                sum += Lanes.Load(at, inputs - j);
            }

            sum.Store(sums + before + j);
        }

        for (int j = before + inputs; j < pitch; j++)
        {
            sums[j] = T.Zero;
        }
    }

    // The sums of a window's columns, divided by a number.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Across(T* sums, int outputs, int count, T* result)
    {
        int stride = shape.Columns.Stride, kernel = shape.Columns.Kernel, dilation = shape.Columns.Dilation;
        Vector512<T> divisor = Vector512.Create(T.CreateTruncating(count)), factor = Vector512<T>.One / divisor;
        bool exact = BitOperations.IsPow2(count);
        for (int j = 0; j < outputs; j += Vector512<T>.Count)
        {
            T* at = sums + ((nint)j * stride);
            Vector512<T> sum = PoolingColumns.Every(at, stride);
            for (int s = 1; s < kernel; s++)
            {
                at += dilation;
                sum += PoolingColumns.Every(at, stride);
            }

            Lanes.Store(exact ? sum * factor : sum / divisor, result + j, outputs - j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DivideByCounts(int rows, T* result)
    {
        for (int j = 0; j < shape.Columns.Outputs; j++)
        {
            result[j] /= T.CreateTruncating(rows * shape.Columns[j].Count);
        }
    }
}
