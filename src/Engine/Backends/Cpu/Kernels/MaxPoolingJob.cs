using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>The largest element under each window, and where it lies, some planes at a time.</summary>
/// <remarks>
/// First down, then across: for each row of windows the largest of each column, in whole vectors, together with where its row
/// begins; then each window compares its few columns. Of equal elements the first in order of rows counts, so across a
/// later column wins over an equal one only from a row further up.
/// </remarks>
internal readonly unsafe struct MaxPoolingJob<T>(T* x, PoolingShape shape, T* y, int* argMax, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Vectors carry positions as floating-point numbers, which float counts exactly up to here.
    private const int MostPositions = 1 << 24;

    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        if (shape.InputsPerPlane > MostPositions)
        {
            OneByOne(from, to);
            return;
        }

        int step = PoolingColumns.PlanesAtATime<T>(shape);

        // Half a page and a line further than it need be: two places a whole number of pages apart look alike to the processor
        // for a while, and a load would wait for a store that has nothing to do with it.
        long numbers = ((PoolingColumns.Numbers<T>(shape, step) * sizeof(T)) | 4095) / sizeof(T) + 529;
        T* values = Scratch.Get<T>(ScratchUse.Columns, 2 * numbers);
        for (int plane = from; plane < to; plane += step)
        {
            Largest(plane, Math.Min(step, to - plane), values, values + numbers);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Largest(int plane, int planes, T* values, T* starts)
    {
        int pitch = PoolingColumns.Pitch(shape), outputs = shape.Columns.Outputs;
        nint at = 0;
        for (int p = plane; p < plane + planes; p++)
        {
            T* source = x + ((nint)p * shape.InputsPerPlane);
            for (int i = 0; i < shape.Rows.Outputs; i++, at += pitch)
            {
                Down(source, shape.Rows[i], values + at, starts + at);
            }
        }

        nint output = (nint)plane * shape.OutputsPerPlane;
        for (int row = 0; row < planes * shape.Rows.Outputs; row++)
        {
            Across(values, starts, y + output, argMax + output);
            values += pitch;
            starts += pitch;
            output += outputs;
        }
    }

    // Of each column the largest of a window's rows, and where its row begins; beside them padding, smaller than any number.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Down(T* source, PoolingRange rows, T* values, T* starts)
    {
        int inputs = shape.Columns.Inputs, before = shape.Columns.Before, pitch = PoolingColumns.Pitch(shape);
        for (int j = 0; j < before; j++)
        {
            (values[j], starts[j]) = (T.NegativeInfinity, T.PositiveInfinity);
        }

        for (int j = 0; j < inputs; j += Vector512<T>.Count)
        {
            T* at = source + ((nint)rows.First * inputs) + j;
            Vector512<T> largest = Lanes.Load(at, inputs - j), start = Vector512.Create(T.CreateTruncating(rows.First * inputs));
            for (int r = rows.First + rows.Step; r < rows.End; r += rows.Step)
            {
                at += (nint)rows.Step * inputs;
                Vector512<T> candidate = Lanes.Load(at, inputs - j);
                Vector512<T> take = IsLarger(candidate, largest);
                largest = Vector512.ConditionalSelect(take, candidate, largest);
                start = Vector512.ConditionalSelect(take, Vector512.Create(T.CreateTruncating(r * inputs)), start);
            }

            largest.Store(values + before + j);
            start.Store(starts + before + j);
        }

        for (int j = before + inputs; j < pitch; j++)
        {
            (values[j], starts[j]) = (T.NegativeInfinity, T.PositiveInfinity);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Across(T* values, T* starts, T* result, int* positions)
    {
        int stride = shape.Columns.Stride, kernel = shape.Columns.Kernel, dilation = shape.Columns.Dilation, outputs = shape.Columns.Outputs;
        Vector512<T> columns = (Vector512<T>.Indices * T.CreateTruncating(stride)) - Vector512.Create(T.CreateTruncating(shape.Columns.Before));
        for (int j = 0; j < outputs; j += Vector512<T>.Count)
        {
            nint at = (nint)j * stride;
            Vector512<T> largest = PoolingColumns.Every(values + at, stride), start = PoolingColumns.Every(starts + at, stride), tap = default;
            for (int s = 1; s < kernel; s++)
            {
                at += dilation;
                Vector512<T> candidate = PoolingColumns.Every(values + at, stride), candidateStart = PoolingColumns.Every(starts + at, stride);
                Vector512<T> take = IsLarger(candidate, largest) | (AreAlike(candidate, largest) & Vector512.LessThan(candidateStart, start));
                largest = Vector512.ConditionalSelect(take, candidate, largest);
                start = Vector512.ConditionalSelect(take, candidateStart, start);
                tap = Vector512.ConditionalSelect(take, Vector512.Create(T.CreateTruncating(s * dilation)), tap);
            }

            Lanes.Store(largest, result + j, outputs - j);
            Vector512<T> position = start + tap + (columns + Vector512.Create(T.CreateTruncating(j * stride)));
            if (typeof(T) == typeof(float))
            {
                Lanes.Store(Vector512.ConvertToInt32(position.AsSingle()), positions + j, outputs - j);
                continue;
            }

            for (int lane = 0; lane < Math.Min(Vector512<T>.Count, outputs - j); lane++)
            {
                positions[j + lane] = int.CreateTruncating(position[lane]);
            }
        }
    }

    // Larger, or NaN where there was none: "not at most" is both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> IsLarger(Vector512<T> candidate, Vector512<T> largest) =>
        Vector512.AndNot(Vector512.Equals(largest, largest), Vector512.LessThanOrEqual(candidate, largest));

    // Equal, or both NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> AreAlike(Vector512<T> a, Vector512<T> b) =>
        Vector512.Equals(a, b) | ~(Vector512.Equals(a, a) | Vector512.Equals(b, b));

    private void OneByOne(int from, int to)
    {
        for (int plane = from; plane < to; plane++)
        {
            nint output = (nint)plane * shape.OutputsPerPlane;
            for (int i = 0; i < shape.Rows.Outputs; i++)
            {
                for (int j = 0; j < shape.Columns.Outputs; j++, output++)
                {
                    OfOne(x + ((nint)plane * shape.InputsPerPlane), shape.Rows[i], shape.Columns[j], y + output, argMax + output);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OfOne(T* source, PoolingRange rows, PoolingRange columns, T* result, int* place)
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

        (*result, *place) = (largest, position);
    }
}
