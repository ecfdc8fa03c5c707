using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Permute(Tensor x, ReadOnlySpan<int> axes, Tensor y)
    {
        Require.Permuted(x, axes, y);
        PermutePlan plan = new(x.Shape, axes);

        // Only the size of an element matters.
        if (x.DType.Size() == 4)
        {
            Permute<uint>(x, plan, y);
        }
        else
        {
            Permute<ulong>(x, plan, y);
        }
    }

    /// <inheritdoc/>
    public override void Slice(Tensor x, int axis, int start, Tensor y)
    {
        Require.Part(whole: x, axis, start, part: y);
        (int count, int partRun, int wholeRun, int offset) = Runs(whole: x, axis, start, part: y);
        Span<byte> from = x.Bytes, to = y.Bytes;
        for (int i = 0; i < count; i++)
        {
            from.Slice((i * wholeRun) + offset, partRun).CopyTo(to.Slice(i * partRun, partRun));
        }
    }

    /// <inheritdoc/>
    public override void Place(Tensor x, int axis, int start, Tensor y)
    {
        Require.Part(whole: y, axis, start, part: x);
        (int count, int partRun, int wholeRun, int offset) = Runs(whole: y, axis, start, part: x);
        Span<byte> from = x.Bytes, to = y.Bytes;
        for (int i = 0; i < count; i++)
        {
            from.Slice(i * partRun, partRun).CopyTo(to.Slice((i * wholeRun) + offset, partRun));
        }
    }

    // A part of a tensor along an axis is, in bytes, equal runs out of equal longer runs.
    private static (int Count, int PartRun, int WholeRun, int Offset) Runs(Tensor whole, int axis, int start, Tensor part)
    {
        int step = whole.Shape.Stride(axis) * whole.DType.Size();
        int wholeRun = whole.Shape[axis] * step;
        return (whole.Bytes.Length / wholeRun, part.Shape[axis] * step, wholeRun, start * step);
    }

    private static void Permute<T>(Tensor x, in PermutePlan plan, Tensor y)
        where T : unmanaged
    {
        int row = plan.RowLength;
        Partition partition = new(y.ElementCount / row, row);
        fixed (byte* px = x.Bytes, py = y.Bytes)
        {
            WorkerPool.Run(new PermuteJob<T>((T*)px, plan, (T*)py, partition), partition.Jobs);
        }
    }

    // One row of y after another, each gathered from equal steps in x.
    private readonly struct PermuteJob<T>(T* x, PermutePlan plan, T* y, Partition partition) : IParallelJob
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            int length = plan.RowLength, step = plan.RowStep;
            (int from, int to) = partition[index];
            for (int row = from; row < to; row++)
            {
                T* source = x + plan.RowStart(row), destination = y + ((nint)row * length);
                if (step == 1)
                {
                    new ReadOnlySpan<T>(source, length).CopyTo(new Span<T>(destination, length));
                }
                else
                {
                    for (int i = 0; i < length; i++)
                    {
                        destination[i] = source[(nint)i * step];
                    }
                }
            }
        }
    }
}
