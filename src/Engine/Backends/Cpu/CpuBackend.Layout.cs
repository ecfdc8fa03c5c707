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
        Runs runs = new(whole: x, axis, start, part: y);
        fixed (byte* px = x.Bytes, py = y.Bytes)
        {
            Partition partition = runs.Partition;
            WorkerPool.Run(new CopyJob(px + runs.Offset, runs.WholeRun, py, runs.PartRun, runs.PartRun, partition), partition.Jobs);
        }
    }

    /// <inheritdoc/>
    public override void Place(Tensor x, int axis, int start, Tensor y)
    {
        Require.Part(whole: y, axis, start, part: x);
        Runs runs = new(whole: y, axis, start, part: x);
        fixed (byte* px = x.Bytes, py = y.Bytes)
        {
            Partition partition = runs.Partition;
            WorkerPool.Run(new CopyJob(px, runs.PartRun, py + runs.Offset, runs.WholeRun, runs.PartRun, partition), partition.Jobs);
        }
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

    // A part of a tensor along an axis is, in bytes, equal runs out of equal longer runs.
    private readonly struct Runs
    {
        private readonly int count;

        public Runs(Tensor whole, int axis, int start, Tensor part)
        {
            int step = whole.Shape.Stride(axis) * whole.DType.Size();
            WholeRun = whole.Shape[axis] * step;
            PartRun = part.Shape[axis] * step;
            Offset = start * step;
            count = whole.Bytes.Length / WholeRun;
        }

        public int WholeRun { get; }

        public int PartRun { get; }

        public int Offset { get; }

        public Partition Partition => new(count, PartRun / sizeof(float));
    }

    // Runs of bytes at equal distances, to equal distances.
    private readonly struct CopyJob(byte* source, int sourceStep, byte* destination, int destinationStep, int length, Partition partition)
        : IParallelJob
    {
        public void Execute(int index)
        {
            (int from, int to) = partition[index];
            for (int i = from; i < to; i++)
            {
                ReadOnlySpan<byte> run = new(source + ((nint)i * sourceStep), length);
                run.CopyTo(new Span<byte>(destination + ((nint)i * destinationStep), length));
            }
        }
    }
}
