using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Each element's share of the gradients of the windows it lies in.</summary>
/// <remarks>
/// Across and then down, the forward pass in reverse: a row of gradients, divided by their windows' sizes, is spread over the
/// columns they came from, once; that row is then added to every row of the window, in vectors. Where windows lie side by
/// side no element is in two of them, and rows are copied instead: every element is written once.
/// </remarks>
internal readonly unsafe struct AveragePoolingBackwardJob<T>(T* g, PoolingShape shape, T* dx, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        bool sideBySide = shape.Rows.IsSideBySide && shape.Columns.IsSideBySide;
        T* row = Scratch.Get<T>(ScratchUse.Columns, shape.Columns.Inputs + ((shape.Columns.Kernel + 1) * Vector512<T>.Count));
        for (int plane = from; plane < to; plane++)
        {
            T* gradients = g + ((nint)plane * shape.OutputsPerPlane), target = dx + ((nint)plane * shape.InputsPerPlane);
            if (sideBySide)
            {
                Tile(gradients, row, target);
            }
            else
            {
                Overlap(gradients, row, target);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile(T* gradients, T* row, T* target)
    {
        int kernelY = shape.Rows.Kernel, kernelX = shape.Columns.Kernel, width = shape.Columns.Inputs, outputs = shape.Columns.Outputs;
        T count = T.CreateTruncating(kernelY * kernelX);
        new Span<T>(row, width).Clear();
        for (int i = 0; i < shape.Rows.Outputs; i++)
        {
            if (kernelX == 2 && sizeof(T) == sizeof(float))
            {
                Twice((float*)gradients, outputs, kernelY * kernelX, (float*)row);
                for (int j = 2 * outputs; j < width; j++)
                {
                    row[j] = T.Zero;
                }
            }
            else
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
            }

            for (int r = 0; r < kernelY; r++)
            {
                for (int j = 0; j < width; j += Vector512<T>.Count)
                {
                    Lanes.Store(Vector512.Load(row + j), target + j, width - j);
                }

                target += width;
            }

            gradients += outputs;
        }

        new Span<T>(target, (shape.Rows.Inputs - (shape.Rows.Outputs * kernelY)) * width).Clear();
    }

    // Each number, divided, two times: as a whole number of 64 bits of which both halves are its bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Twice(float* source, int length, int count, float* destination)
    {
        Vector512<float> divisor = Vector512.Create((float)count), factor = Vector512<float>.One / divisor;
        bool exact = BitOperations.IsPow2(count);
        for (int j = 0; j < length; j += Vector512<float>.Count)
        {
            Vector512<float> part = Lanes.Load(source + j, length - j);
            (Vector512<ulong> lower, Vector512<ulong> upper) = Vector512.Widen((exact ? part * factor : part / divisor).AsUInt32());
            (lower | (lower << 32)).AsSingle().Store(destination + (2 * j));
            (upper | (upper << 32)).AsSingle().Store(destination + (2 * j) + Vector512<float>.Count);
        }
    }

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
