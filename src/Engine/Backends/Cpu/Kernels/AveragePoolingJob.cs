using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>The mean of the elements under each window: plane by plane, row of outputs by row of outputs.</summary>
internal readonly unsafe struct AveragePoolingJob<T>(T* x, PoolingShape shape, T* y, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        for (int plane = from; plane < to; plane++)
        {
            T* source = x + ((nint)plane * shape.InputsPerPlane);
            for (int i = 0; i < shape.Rows.Outputs; i++)
            {
                Row(source, shape.Rows[i], y + ((nint)plane * shape.OutputsPerPlane) + ((nint)i * shape.Columns.Outputs));
            }
        }
    }

    // Windows that reach over the border one by one, those between in vectors; the last vector may overlap the one before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(T* source, PoolingRange rows, T* y)
    {
        int width = Vector256<T>.Count;
        (int from, int to) = shape.Columns.Inside;
        if (to - from < width)
        {
            (from, to) = (0, 0);
        }

        for (int j = from; j < to; j += width)
        {
            int first = Math.Min(j, to - width);
            MeansOfVector(source, rows, shape.Columns[first]).Store(y + first);
        }

        for (int j = 0; j < from; j++)
        {
            y[j] = MeanOfOne(source, rows, shape.Columns[j]);
        }

        for (int j = to; j < shape.Columns.Outputs; j++)
        {
            y[j] = MeanOfOne(source, rows, shape.Columns[j]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<T> MeansOfVector(T* source, PoolingRange rows, PoolingRange columns)
    {
        Vector256<T> sum = default;
        for (int row = rows.First; row < rows.End; row += rows.Step)
        {
            Vector256<T> rowSum = default;
            for (int column = columns.First; column < columns.End; column += columns.Step)
            {
                rowSum += Lanes.Every(source + (row * shape.Columns.Inputs) + column, shape.Columns.Stride);
            }

            sum += rowSum;
        }

        return sum / T.CreateTruncating(rows.Count * columns.Count);
    }

    private T MeanOfOne(T* source, PoolingRange rows, PoolingRange columns)
    {
        T sum = T.Zero;
        for (int row = rows.First; row < rows.End; row += rows.Step)
        {
            T rowSum = T.Zero;
            for (int column = columns.First; column < columns.End; column += columns.Step)
            {
                rowSum += source[(row * shape.Columns.Inputs) + column];
            }

            sum += rowSum;
        }

        return sum / T.CreateTruncating(rows.Count * columns.Count);
    }
}
