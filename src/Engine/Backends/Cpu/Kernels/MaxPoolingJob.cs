using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>The largest element under each window, and where it lies: plane by plane, row of outputs by row of outputs.</summary>
internal readonly unsafe struct MaxPoolingJob<T>(T* x, PoolingShape shape, T* y, int* argMax, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Vectors carry positions as floating-point numbers, which float counts exactly up to here.
    private const int MostPositions = 1 << 24;

    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        for (int plane = from; plane < to; plane++)
        {
            T* source = x + ((nint)plane * shape.InputsPerPlane);
            for (int i = 0; i < shape.Rows.Outputs; i++)
            {
                nint output = ((nint)plane * shape.OutputsPerPlane) + ((nint)i * shape.Columns.Outputs);
                Row(source, shape.Rows[i], y + output, argMax + output);
            }
        }
    }

    // Windows that reach over the border one by one, those between in vectors; the last vector may overlap the one before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(T* source, PoolingRange rows, T* y, int* argMax)
    {
        int width = Vector256<T>.Count;
        (int from, int to) = shape.Columns.Inside;
        if (to - from < width || shape.InputsPerPlane > MostPositions)
        {
            (from, to) = (0, 0);
        }

        for (int j = from; j < to; j += width)
        {
            int first = Math.Min(j, to - width);
            OfVector(source, rows, shape.Columns[first], y + first, argMax + first);
        }

        for (int j = 0; j < from; j++)
        {
            OfOne(source, rows, shape.Columns[j], y + j, argMax + j);
        }

        for (int j = to; j < shape.Columns.Outputs; j++)
        {
            OfOne(source, rows, shape.Columns[j], y + j, argMax + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void OfVector(T* source, PoolingRange rows, PoolingRange columns, T* y, int* argMax)
    {
        Vector256<T> steps = Vector256<T>.Indices * T.CreateTruncating(shape.Columns.Stride);
        Vector256<T> largest = Vector256.Create(T.NegativeInfinity), position = default;
        for (int row = rows.First; row < rows.End; row += rows.Step)
        {
            for (int column = columns.First; column < columns.End; column += columns.Step)
            {
                int start = (row * shape.Columns.Inputs) + column;
                Vector256<T> candidate = Lanes.Every(source + start, shape.Columns.Stride);
                Vector256<T> candidatePosition = Vector256.Create(T.CreateTruncating(start)) + steps;
                if (row == rows.First && column == columns.First)
                {
                    (largest, position) = (candidate, candidatePosition);
                    continue;
                }

                // Larger, or NaN where there was none: "not at most" is both.
                Vector256<T> take = Vector256.AndNot(Vector256.Equals(largest, largest), Vector256.LessThanOrEqual(candidate, largest));
                largest = Vector256.ConditionalSelect(take, candidate, largest);
                position = Vector256.ConditionalSelect(take, candidatePosition, position);
            }
        }

        largest.Store(y);
        if (typeof(T) == typeof(float))
        {
            Vector256.ConvertToInt32(position.AsSingle()).Store(argMax);
            return;
        }

        for (int lane = 0; lane < Vector256<T>.Count; lane++)
        {
            argMax[lane] = int.CreateTruncating(position[lane]);
        }
    }

    private void OfOne(T* source, PoolingRange rows, PoolingRange columns, T* y, int* argMax)
    {
        int position = (rows.First * shape.Columns.Inputs) + columns.First;
        T largest = source[position];
        for (int row = rows.First; row < rows.End; row += rows.Step)
        {
            for (int column = columns.First; column < columns.End; column += columns.Step)
            {
                int start = (row * shape.Columns.Inputs) + column;
                T candidate = source[start];
                if (candidate > largest || (T.IsNaN(candidate) && !T.IsNaN(largest)))
                {
                    (position, largest) = (start, candidate);
                }
            }
        }

        (*y, *argMax) = (largest, position);
    }
}
