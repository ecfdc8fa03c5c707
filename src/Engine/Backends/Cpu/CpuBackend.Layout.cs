using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Permute(Tensor x, ReadOnlySpan<int> axes, Tensor y)
    {
        if (axes.Length != x.Shape.Rank)
        {
            throw new ShapeException($"Permute of {x.Shape} needs each of its {x.Shape.Rank} axes once, given {axes.Length} axes.");
        }

        PermutePlan plan = new(x.Shape, axes);
        Require.IsA(x.DType, plan.Shape, y, x);

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
        RequirePart(whole: x, axis, start, part: y);
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
        RequirePart(whole: y, axis, start, part: x);
        (int count, int partRun, int wholeRun, int offset) = Runs(whole: y, axis, start, part: x);
        Span<byte> from = x.Bytes, to = y.Bytes;
        for (int i = 0; i < count; i++)
        {
            from.Slice(i * partRun, partRun).CopyTo(to.Slice((i * wholeRun) + offset, partRun));
        }
    }

    private static void RequirePart(Tensor whole, int axis, int start, Tensor part, [CallerMemberName] string operation = "")
    {
        if (part.DType != whole.DType || part.Shape.Rank != whole.Shape.Rank || part.Shape.With(axis, whole.Shape[axis]) != whole.Shape)
        {
            throw new ShapeException(
                $"{operation}: {part.DType} {part.Shape} is no part along axis {axis} of {whole.DType} {whole.Shape}; they must agree in type and in every other axis.");
        }

        if (start < 0 || start > whole.Shape[axis] - part.Shape[axis])
        {
            throw new ShapeException($"{operation}: {part.Shape} from {start} on along axis {axis} reaches beyond {whole.Shape}.");
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

    /// <summary>For each axis of y: its size, and how far apart its neighbours lie in x.</summary>
    private readonly struct PermutePlan
    {
        private readonly Numbers steps;

        public PermutePlan(Shape x, ReadOnlySpan<int> axes)
        {
            Span<int> sizes = stackalloc int[Shape.MaxRank], steps = this.steps;
            int seen = 0;
            for (int i = 0; i < axes.Length; i++)
            {
                int axis = x.Axis(axes[i]);
                seen |= 1 << axis;
                sizes[i] = x[axis];
                steps[i] = x.Stride(axis);
            }

            if (seen != (1 << x.Rank) - 1)
            {
                throw new ShapeException($"Permute of {x} needs each of its {x.Rank} axes once, given [{string.Join(", ", axes.ToArray())}].");
            }

            Shape = new Shape(sizes[..axes.Length]);
        }

        public Shape Shape { get; }

        public int RowLength => Shape.Rank == 0 ? 1 : Shape[-1];

        public int RowStep => Shape.Rank == 0 ? 1 : steps[Shape.Rank - 1];

        /// <summary>Where in x a row of y begins.</summary>
        public int RowStart(int row)
        {
            int start = 0;
            for (int axis = Shape.Rank - 2; axis >= 0; axis--)
            {
                (row, int position) = Math.DivRem(row, Shape[axis]);
                start += position * steps[axis];
            }

            return start;
        }

        [InlineArray(Shape.MaxRank)]
        private struct Numbers
        {
            private int first;
        }
    }
}
