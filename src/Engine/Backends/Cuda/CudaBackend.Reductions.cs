using System.Numerics;
using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

public sealed unsafe partial class CudaBackend
{
    // Up to here a line is a matter of one thread, or of some lanes of a warp; with so many lines a thread each will do.
    private const int ShortLine = 1024;
    private const int ManyLines = 65536;

    /// <inheritdoc/>
    /// <remarks>
    /// A thread adds up a few hundred numbers at most; the rest is joined as in a tree. A NaN among the elements makes
    /// every reduction NaN.
    /// </remarks>
    public override void Reduce(Reduction reduction, Tensor x, int axis, Tensor y)
    {
        Require.Reduced(x, axis, y);
        Require.Float32(x);
        int length = x.Shape[axis], inner = x.Shape.Stride(axis), lines = y.ElementCount;
        double divisor = reduction == Reduction.Mean ? length : 1;
        if (length <= (inner == 1 || lines >= ManyLines ? ShortLine : 64))
        {
            int lanes = inner == 1 ? LanesFor((length + 3) / 4) : 1;
            Launch(
                "reductions", IsMax(reduction) ? "reduce_lines_max" : "reduce_lines_sum", x.DType, TeamGrid(lines, lanes), BlockThreads, 0,
                At(x), At(y), lines, length, inner, lanes, Scalar(x.DType, divisor));
        }
        else if (inner == 1)
        {
            ReduceRows(reduction, x, lines, length, divisor, y);
        }
        else
        {
            int outer = lines / inner;
            ReduceChannels(reduction, x, ChannelShape.Of(length, inner, 1, outer), outer, divisor, accumulate: false, y);
        }
    }

    /// <inheritdoc/>
    /// <remarks>NaN counts as the largest.</remarks>
    public override void ArgMax(Tensor x, int axis, Tensor y)
    {
        Require.IsA(DType.Int32, x.Shape.Without(axis), y, x);
        Require.Float32(x);
        int length = x.Shape[axis], inner = x.Shape.Stride(axis), lines = y.ElementCount;
        bool block = length > ShortLine && lines < ManyLines;
        int lanes = inner == 1 ? LanesFor(length) : 1;
        Launch(
            "reductions", block ? "arg_max_block" : "arg_max_lanes", x.DType, block ? lines : TeamGrid(lines, lanes), BlockThreads, 0,
            At(x), At(y), lines, length, inner, lanes);
    }

    /// <inheritdoc/>
    public override void AccumulateBiasGradient(Tensor g, Tensor db)
    {
        Require.Channels(g.Shape);
        Require.IsA(g.DType, [g.Shape[1]], db, g);
        Require.Float32(g);
        ReduceChannels(Reduction.Sum, g, ChannelShape.Of(g.Shape), 1, 1, accumulate: true, db);
    }

    /// <summary>One run of <c>reduce_rows</c>: a number per row and part.</summary>
    /// <param name="reduction">Which.</param>
    /// <param name="x">rows × length.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="length">Of a row.</param>
    /// <param name="part">Elements that a block takes.</param>
    /// <param name="divisor">What results are divided by.</param>
    /// <param name="y">rows × parts.</param>
    internal void ReduceRowParts(Reduction reduction, Tensor x, int rows, int length, int part, double divisor, Tensor y)
    {
        int parts = Parts(length, part);
        Launch(
            "reductions", IsMax(reduction) ? "reduce_rows_max" : "reduce_rows_sum", x.DType, rows * parts, BlockThreads, 0,
            At(x), At(y), length, parts, part, Scalar(x.DType, divisor));
    }

    /// <summary>How much of a long row a block takes: little enough that a thousand blocks have work, where there is so much.</summary>
    internal static int RowPart(int rows, int length)
    {
        const int Whole = 16384, Least = 4096, Most = 65536, FewBlocks = 1024;
        int part = length <= Whole ? Whole : Least;
        while (part < Most && (long)rows * Parts(length, part) > FewBlocks)
        {
            part *= 2;
        }

        return part;
    }

    private static int Parts(int length, int part) => (int)(((long)length + part - 1) / part);

    // The threads of a warp that a short row gets: a power of two.
    private static int LanesFor(int length) => length >= 32 ? 32 : (int)BitOperations.RoundUpToPowerOf2((uint)length);

    // Blocks for teams of so many lanes.
    private static int TeamGrid(int teams, int lanes) => (int)((((long)teams * lanes) + BlockThreads - 1) / BlockThreads);

    private static bool IsMax(Reduction reduction) => reduction switch
    {
        Reduction.Sum or Reduction.Mean => false,
        Reduction.Max => true,
        _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "Not a Reduction."),
    };

    // Parts of rows, then parts of the parts, until a row is a single part.
    private void ReduceRows(Reduction reduction, Tensor x, int rows, int length, double divisor, Tensor y)
    {
        int part = RowPart(rows, length), parts = Parts(length, part);
        if (parts == 1)
        {
            ReduceRowParts(reduction, x, rows, length, part, divisor, y);
            return;
        }

        Tensor results = Scratch([rows, parts], x.DType);
        ReduceRowParts(reduction, x, rows, length, part, 1, results);
        ReduceRows(reduction, results, rows, parts, divisor, y);
    }

    // The parts of a channel are the batch of the next run.
    private void ReduceChannels(Reduction reduction, Tensor x, ChannelShape shape, int outer, double divisor, bool accumulate, Tensor y)
    {
        Tensor results = shape.Parts == 1 ? y : Scratch([outer, shape.Parts, shape.Channels], x.DType);
        bool last = shape.Parts == 1;
        Launch(
            "reductions", IsMax(reduction) ? "reduce_channels_max" : "reduce_channels_sum", x.DType, outer * shape.Blocks, shape.Threads, 0,
            At(x), At(results), KernelArgument.Structure(&shape), Scalar(x.DType, last ? divisor : 1), last && accumulate ? 1 : 0);
        if (!last)
        {
            ReduceChannels(reduction, results, ChannelShape.Of(shape.Parts, shape.Channels, 1, outer), outer, divisor, accumulate, y);
        }
    }
}
