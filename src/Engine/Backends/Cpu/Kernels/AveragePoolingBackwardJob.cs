using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Each element's share of the gradients of the windows it lies in, and back through the activation that the elements came of.</summary>
/// <remarks>
/// Across and then down, the forward pass in reverse: a row of gradients, divided by their windows' sizes, is spread over the
/// columns they came from, once; that row is then added to every row of the window, in vectors. Where windows lie side by
/// side no element is in two of them, and rows are copied instead: every element is written once, times the activation's
/// derivative, which is written in x. Without an activation x is not looked at.
/// </remarks>
internal readonly unsafe struct AveragePoolingBackwardJob<T, TBefore>(T* g, T* x, PoolingShape shape, T* dx, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
    where TBefore : unmanaged, IBinaryOperator<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        bool sideBySide = shape.Rows.IsSideBySide && shape.Columns.IsSideBySide;
        T* row = Scratch.Get<T>(ScratchUse.Columns, shape.Columns.Inputs + ((shape.Columns.Kernel + 1) * Vector512<T>.Count));
        for (int plane = from; plane < to; plane++)
        {
            T* gradients = g + ((nint)plane * shape.OutputsPerPlane);
            nint first = (nint)plane * shape.InputsPerPlane;
            if (sideBySide && shape.Columns.Kernel == 2)
            {
                TileInPairs(gradients, x + first, dx + first);
            }
            else if (sideBySide)
            {
                Tile(gradients, row, x + first, dx + first);
            }
            else
            {
                Overlap(gradients, row, dx + first);
                if (typeof(TBefore) != typeof(IdentityBackward<T>))
                {
                    new Strip(1, shape.InputsPerPlane, shape.InputsPerPlane).Map(x + first, dx + first, dx + first, default(TBefore));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile(T* gradients, T* row, T* input, T* target)
    {
        int kernelY = shape.Rows.Kernel, kernelX = shape.Columns.Kernel, width = shape.Columns.Inputs, outputs = shape.Columns.Outputs, rows = shape.Rows.Outputs;
        T count = T.CreateTruncating(kernelY * kernelX);
        new Span<T>(row, width).Clear();
        for (int i = 0; i < rows; i++)
        {
            T* next = row;
            for (int j = 0; j < outputs; j++)
            {
                T part = gradients[j] / count;
                for (int s = 0; s < kernelX; s++)
                {
                    *next++ = part;
                }
            }

            for (int r = 0; r < kernelY; r++)
            {
                for (int j = 0; j < width; j += Vector512<T>.Count)
                {
                    Put(Vector512.Load(row + j), input + j, target + j, width - j);
                }

                input += width;
                target += width;
            }

            gradients += outputs;
        }

        new Span<T>(target, (shape.Rows.Inputs - (rows * kernelY)) * width).Clear();
    }

    // The same for windows of two columns, without putting the row down in between.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TileInPairs(T* gradients, T* input, T* target)
    {
        int kernelY = shape.Rows.Kernel, width = shape.Columns.Inputs, outputs = shape.Columns.Outputs, rows = shape.Rows.Outputs;
        Vector512<T> divisor = Vector512.Create(T.CreateTruncating(2 * kernelY)), factor = Vector512<T>.One / divisor;
        bool exact = BitOperations.IsPow2(kernelY);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; 2 * j < width; j += Vector512<T>.Count)
            {
                Vector512<T> part = Lanes.Load(gradients + j, Math.Max(outputs - j, 0));
                (Vector512<T> first, Vector512<T> second) = Pairs.Twice(exact ? part * factor : part / divisor);
                T* from = input + (2 * j), to = target + (2 * j);
                int left = width - (2 * j);
                for (int r = 0; r < kernelY; r++)
                {
                    Put(first, from, to, left);
                    if (left > Vector512<T>.Count)
                    {
                        Put(second, from + Vector512<T>.Count, to + Vector512<T>.Count, left - Vector512<T>.Count);
                    }

                    from += width;
                    to += width;
                }
            }

            gradients += outputs;
            input += (nint)kernelY * width;
            target += (nint)kernelY * width;
        }

        new Span<T>(target, (shape.Rows.Inputs - (rows * kernelY)) * width).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector512<T> gradient, T* input, T* target, int count) =>
        Lanes.Store(default(TBefore).Invoke(Lanes.Load(input, count), gradient), target, count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Overlap(T* gradients, T* row, T* target)
    {
        int width = shape.Columns.Inputs;
        new Span<T>(target, shape.InputsPerPlane).Clear();
        for (int i = 0; i < shape.Rows.Outputs; i++)
        {
            PoolingRange rows = shape.Rows[i];
            new Span<T>(row, width).Clear();
            for (int j = 0; j < shape.Columns.Outputs; j++)
            {
                PoolingRange columns = shape.Columns[j];
                T part = *gradients++ / T.CreateTruncating(rows.Count * columns.Count);
                for (int column = columns.First; column < columns.End; column += columns.Step)
                {
                    row[column] += part;
                }
            }

            for (int r = rows.First; r < rows.End; r += rows.Step)
            {
                T* sums = target + ((nint)r * width);
                for (int j = 0; j < width; j += Vector512<T>.Count)
                {
                    Lanes.Store(Lanes.Load(sums + j, width - j) + Vector512.Load(row + j), sums + j, width - j);
                }
            }
        }
    }
}
