using System.Numerics;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    /// <remarks>Sums are accumulated pairwise in the tensor's own type. A NaN among the elements makes every reduction NaN.</remarks>
    public override void Reduce(Reduction reduction, Tensor x, int axis, Tensor y)
    {
        Require.Reduced(x, axis, y);
        if (Require.Float32(x))
        {
            Reduce<float>(reduction, x, axis, y);
        }
        else
        {
            Reduce<double>(reduction, x, axis, y);
        }
    }

    /// <inheritdoc/>
    /// <remarks>NaN counts as the largest.</remarks>
    public override void ArgMax(Tensor x, int axis, Tensor y)
    {
        Require.IsA(DType.Int32, x.Shape.Without(axis), y, x);
        if (Require.Float32(x))
        {
            ArgMax<float>(x, axis, y);
        }
        else
        {
            ArgMax<double>(x, axis, y);
        }
    }

    /// <inheritdoc/>
    public override void AccumulateBiasGradient(Tensor g, Tensor db)
    {
        ChannelLayout layout = new(g.Shape);
        Require.IsA(g.DType, [layout.Channels], db, g);
        if (Require.Float32(g))
        {
            AccumulateBiasGradient<float>(g, layout, db);
        }
        else
        {
            AccumulateBiasGradient<double>(g, layout, db);
        }
    }

    private static void Reduce<T>(Reduction reduction, Tensor x, int axis, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (reduction)
        {
            case Reduction.Sum:
                Reduce<T, SumOf<T>>(x, axis, T.One, y);
                break;
            case Reduction.Mean:
                Reduce<T, SumOf<T>>(x, axis, T.CreateTruncating(x.Shape[axis]), y);
                break;
            case Reduction.Max:
                Reduce<T, MaxOf<T>>(x, axis, T.One, y);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "Not a Reduction.");
        }
    }

    private static void Reduce<T, TReduction>(Tensor x, int axis, T divisor, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TReduction : unmanaged, IReduction<T>
    {
        int length = x.Shape[axis], inner = x.Shape.Stride(axis), outer = x.ElementCount / (length * inner);
        fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
        {
            if (inner > 1)
            {
                int tiles = (inner + Vector512<T>.Count - 1) / Vector512<T>.Count;
                Partition partition = new(outer * tiles, (long)length * Vector512<T>.Count);
                WorkerPool.Run(new ColumnsJob<T, TReduction>(px, length, inner, tiles, divisor, py, partition), partition.Jobs);
            }
            else if (outer > 1)
            {
                Partition partition = new(outer, length);
                WorkerPool.Run(new RowsJob<T, TReduction>(px, length, divisor, py, partition), partition.Jobs);
            }
            else
            {
                // One row: its parts in parallel, then the parts' results.
                Partition partition = new(length);
                T* parts = stackalloc T[Partition.MostJobs];
                WorkerPool.Run(new PartsJob<T, TReduction>(px, parts, partition), partition.Jobs);
                *py = Row<T, TReduction>(parts, partition.Jobs) / divisor;
            }
        }
    }

    private static void ArgMax<T>(Tensor x, int axis, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = new(y.ElementCount, x.Shape[axis]);
        fixed (T* px = x.AsSpan<T>())
        fixed (int* py = y.AsSpan<int>())
        {
            WorkerPool.Run(new ArgMaxJob<T>(px, x.Shape[axis], x.Shape.Stride(axis), py, partition), partition.Jobs);
        }
    }

    private static void AccumulateBiasGradient<T>(Tensor g, ChannelLayout layout, Tensor db)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = layout.Partition<T>();
        fixed (T* pg = g.AsSpan<T>(), pdb = db.AsSpan<T>())
        {
            WorkerPool.Run(new BiasGradientJob<T>(pg, layout, pdb, partition), partition.Jobs);
        }
    }

    private static T Row<T, TReduction>(T* x, int length)
        where T : unmanaged
        where TReduction : unmanaged, IReduction<T> => TReduction.AcrossLanes(TReduction.Reduce(x, new Strip(1, length, length)));

    /// <summary>Makes one number of many: first in the lanes of a vector, then of the lanes.</summary>
    private interface IReduction<T>
        where T : unmanaged
    {
        static abstract Vector512<T> Reduce(T* x, Strip strip);

        static abstract T AcrossLanes(Vector512<T> vector);
    }

    private readonly struct SumOf<T> : IReduction<T>
        where T : unmanaged
    {
        public static Vector512<T> Reduce(T* x, Strip strip) => Pairwise.Sum(x, x, strip, default(Value<T>));

        public static T AcrossLanes(Vector512<T> vector) => Lanes.Sum(vector);
    }

    private readonly struct MaxOf<T> : IReduction<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Vector512<T> Reduce(T* x, Strip strip) => Largest.Of(x, strip);

        public static T AcrossLanes(Vector512<T> vector) => Largest.AcrossLanes(vector);
    }

    // Parts of one row.
    private readonly struct PartsJob<T, TReduction>(T* x, T* parts, Partition partition) : IParallelJob
        where T : unmanaged
        where TReduction : unmanaged, IReduction<T>
    {
        public void Execute(int index)
        {
            (int from, int to) = partition[index];
            parts[index] = Row<T, TReduction>(x + from, to - from);
        }
    }

    // Along the last axis: rows of contiguous elements.
    private readonly struct RowsJob<T, TReduction>(T* x, int length, T divisor, T* y, Partition partition) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TReduction : unmanaged, IReduction<T>
    {
        public void Execute(int index)
        {
            (int from, int to) = partition[index];
            for (int row = from; row < to; row++)
            {
                y[row] = Row<T, TReduction>(x + ((nint)row * length), length) / divisor;
            }
        }
    }

    // Along another axis: as many columns at a time as a vector has lanes.
    private readonly struct ColumnsJob<T, TReduction>(T* x, int length, int inner, int tiles, T divisor, T* y, Partition partition)
        : IParallelJob
        where T : unmanaged
        where TReduction : unmanaged, IReduction<T>
    {
        public void Execute(int index)
        {
            (int from, int to) = partition[index];
            for (int i = from; i < to; i++)
            {
                (int outer, int tile) = Math.DivRem(i, tiles);
                int column = tile * Vector512<T>.Count, lanes = Math.Min(inner - column, Vector512<T>.Count);
                Vector512<T> result = TReduction.Reduce(x + ((nint)outer * length * inner) + column, new Strip(length, lanes, inner));
                Lanes.Store(result / divisor, y + ((nint)outer * inner) + column, lanes);
            }
        }
    }

    private readonly struct ArgMaxJob<T>(T* x, int length, int inner, int* y, Partition partition) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Execute(int index)
        {
            (int from, int to) = partition[index];
            for (int i = from; i < to; i++)
            {
                (int outer, int column) = Math.DivRem(i, inner);
                y[i] = Largest.Position(x + ((nint)outer * length * inner) + column, length, inner);
            }
        }
    }

    private readonly struct BiasGradientJob<T>(T* g, ChannelLayout layout, T* db, Partition partition) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Execute(int index)
        {
            (int from, int to) = partition[index];
            for (int i = from; i < to; i++)
            {
                ChannelGroup<T> group = layout.Group<T>(i);
                T* start = g + group.Offset;
                Vector512<T> sum = group.Total(Pairwise.Sum(start, start, group.Strip, default(Value<T>)));
                group.Store(group.Load(db) + sum, db);
            }
        }
    }
}
