using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>The mean of the elements under each window, some planes at a time.</summary>
/// <remarks>
/// First down, then across: rows of the plane are added up to rows of column sums, whole vectors that lie as they are in
/// memory; then each window adds up its few columns of those. Where the windows of a row fill it exactly, as 3×3 with
/// stride 3 may, the column sums of all rows and planes run on without a break, and vectors need not stop at row ends.
/// Of 2×2 the two columns are added where they are, in registers.
/// </remarks>
internal readonly unsafe struct AveragePoolingJob<T>(T* x, PoolingShape shape, T* y, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        if (shape.Columns is { IsSideBySide: true, Kernel: 2 } && shape.Rows.IsSideBySide)
        {
            MeansOfPairs(from, to - from);
            return;
        }

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
        for (int p = 0; p < planes; p++)
        {
            AddRows(x + ((nint)(plane + p) * shape.InputsPerPlane), sums + ((nint)p * shape.Rows.Outputs * pitch));
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

    // Windows of two columns and some rows, side by side.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MeansOfPairs(int plane, int planes)
    {
        int kernelY = shape.Rows.Kernel, inputs = shape.Columns.Inputs, outputs = shape.Columns.Outputs, rows = shape.Rows.Outputs;
        Vector512<T> divisor = Vector512.Create(T.CreateTruncating(2 * kernelY)), factor = Vector512<T>.One / divisor;
        bool exact = BitOperations.IsPow2(kernelY);
        T* result = y + ((nint)plane * shape.OutputsPerPlane);
        for (int p = plane; p < plane + planes; p++)
        {
            T* source = x + ((nint)p * shape.InputsPerPlane);
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < outputs; j += Vector512<T>.Count)
                {
                    T* at = source + (2 * j);
                    int left = 2 * (outputs - j);
                    Vector512<T> first = Column(at, left, kernelY, inputs), second = default;
                    if (left > Vector512<T>.Count)
                    {
                        second = Column(at + Vector512<T>.Count, left - Vector512<T>.Count, kernelY, inputs);
                    }

                    Vector512<T> sum = Pairs.Sums(first, second);
                    Lanes.Store(exact ? sum * factor : sum / divisor, result + j, outputs - j);
                }

                source += (nint)kernelY * inputs;
                result += outputs;
            }
        }
    }

    // The sum of some rows, up to a vector wide.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Column(T* at, int count, int rows, int step)
    {
        Vector512<T> sum = Lanes.Load(at, count);
        for (int r = 1; r < rows; r++)
        {
            at += step;
            sum += Lanes.Load(at, count);
        }

        return sum;
    }

    // For each output row the sum of its windows' rows, with zeros for the padding beside them. Whole vectors read on into what
    // follows in the tensor and write on over what is written next, so that only its very end needs care.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRows(T* source, T* sums)
    {
        int inputs = shape.Columns.Inputs, before = shape.Columns.Before, pitch = PoolingColumns.Pitch(shape), outputs = shape.Rows.Outputs;
        (int firstWhole, int endWhole) = shape.Rows.Inside;
        nint step = (nint)shape.Rows.Dilation * inputs;
        T* end = x + ((nint)shape.Planes * shape.InputsPerPlane);
        for (int i = 0; i < outputs; i++)
        {
            int first = (i * shape.Rows.Stride) - shape.Rows.Before, count = shape.Rows.Kernel;
            if (i < firstWhole || i >= endWhole)
            {
                PoolingRange inside = shape.Rows[i];
                (first, count) = (inside.First, inside.Count);
            }

            for (int j = 0; j < before; j++)
            {
                sums[j] = T.Zero;
            }

            T* row = source + ((nint)first * inputs);
            for (int j = 0; j < inputs; j += Vector512<T>.Count)
            {
                T* at = row + j;
                Vector512<T> sum = Upto(end, at);
                for (int r = 1; r < count; r++)
                {
                    at += step;
                    sum += Upto(end, at);
                }

                sum.Store(sums + before + j);
            }

            for (int j = before + inputs; j < pitch; j++)
            {
                sums[j] = T.Zero;
            }

            sums += pitch;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Upto(T* end, T* at) => Lanes.Load(at, (int)Math.Min(end - at, Vector512<T>.Count));

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
