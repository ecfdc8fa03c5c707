using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    // Rows of up to so many classes are a warp's work, or that of some lanes; longer ones get a block each.
    private const int LongestWarpRow = 1024;

    // A loss over so few logits is one block's work: a second launch would take longer.
    private const int OneBlockLogits = 32768;
    private const int OneBlockThreads = 512;
    private const int MostLossBlocks = 1024;

    /// <inheritdoc/>
    public override void SoftmaxForward(Tensor x, Tensor y)
    {
        Require.Alike(x, y);
        Require.Float32(x);
        int classes = RowLength(x), rows = x.ElementCount / classes;
        string kernel = classes switch
        {
            <= 32 => "softmax_registers_1",
            <= 128 => "softmax_registers_4",
            <= LongestWarpRow => "softmax_registers_32",
            _ => "softmax_online_block",
        };
        Launch("softmax", kernel, x.DType, RowGrid(rows, classes), BlockThreads, 0, At(x), At(y), rows, classes, LanesFor(classes));
    }

    /// <inheritdoc/>
    public override void SoftmaxBackward(Tensor y, Tensor g, Tensor dx)
    {
        Require.Alike(y, g);
        Require.Alike(y, dx);
        Require.Float32(y);
        int classes = RowLength(y), rows = y.ElementCount / classes;
        string kernel = classes <= LongestWarpRow ? "softmax_backward_lanes" : "softmax_backward_block";
        Launch("softmax", kernel, y.DType, RowGrid(rows, classes), BlockThreads, 0, At(y), At(g), At(dx), rows, classes, LanesFor(classes));
    }

    /// <inheritdoc/>
    /// <remarks>One launch for a small batch. The loss is accumulated in double. A target of 0 costs nothing, even where the logit is −∞.</remarks>
    public override void SoftmaxCrossEntropyForward(Tensor x, Tensor targets, Tensor probabilities, Tensor loss)
    {
        Require.Targets(x, targets);
        Require.Alike(x, probabilities);
        Require.IsA(x.DType, [], loss, x);
        Require.Float32(x);
        int rows = x.Shape[0], classes = x.Shape[1];
        bool oneBlock = x.ElementCount <= OneBlockLogits;
        int blocks = oneBlock ? 1 : Math.Min(RowGrid(rows, classes), MostLossBlocks);
        Tensor? parts = blocks == 1 ? null : Scratch([blocks], DType.Float64);
        (Tensor? distributions, Tensor? labels) = Split(targets);
        string kernel = classes <= LongestWarpRow ? "softmax_cross_entropy_lanes" : "softmax_cross_entropy_block";
        Launch(
            "softmax", kernel, x.DType, blocks, oneBlock ? OneBlockThreads : BlockThreads, 0,
            At(x), At(distributions), At(labels), At(probabilities), At(parts), At(loss), rows, classes, LanesFor(classes));
        Conclude(parts, rows, loss);
    }

    /// <inheritdoc/>
    public override void SoftmaxCrossEntropyBackward(Tensor probabilities, Tensor targets, Tensor dx)
    {
        Require.Targets(probabilities, targets);
        Require.Alike(probabilities, dx);
        Require.Float32(probabilities);
        int rows = dx.Shape[0], classes = dx.Shape[1];
        (Tensor? distributions, Tensor? labels) = Split(targets);
        string kernel = classes <= LongestWarpRow ? "softmax_cross_entropy_backward_lanes" : "softmax_cross_entropy_backward_block";
        Launch(
            "softmax", kernel, dx.DType, RowGrid(rows, classes), BlockThreads, 0,
            At(probabilities), At(distributions), At(labels), At(dx), rows, classes, LanesFor(classes));
    }

    /// <inheritdoc/>
    /// <remarks>One launch for a small tensor. The loss is accumulated in double.</remarks>
    public override void LogisticCrossEntropyForward(Tensor x, Tensor targets, Tensor probabilities, Tensor loss)
    {
        Require.Alike(x, targets);
        Require.Alike(x, probabilities);
        Require.IsA(x.DType, [], loss, x);
        Require.Float32(x);
        int n = x.ElementCount;
        bool oneBlock = n <= OneBlockLogits;
        int blocks = oneBlock ? 1 : Math.Min(CeilingDivide(n, 8 * BlockThreads), MostLossBlocks);
        Tensor? parts = oneBlock ? null : Scratch([blocks], DType.Float64);
        Launch(
            "softmax", "logistic_cross_entropy", x.DType, blocks, oneBlock ? OneBlockThreads : BlockThreads, 0,
            At(x), At(targets), At(probabilities), At(parts), At(loss), n);
        Conclude(parts, n, loss);
    }

    private static int RowLength(Tensor x) => x.Shape.Rank == 0 ? 1 : x.Shape[-1];

    // Distributions or labels.
    private static (Tensor? Distributions, Tensor? Labels) Split(Tensor targets) =>
        targets.DType == DType.Int32 ? (null, targets) : (targets, null);

    // Blocks for rows: some lanes of a warp for each, or a whole block.
    private static int RowGrid(int rows, int classes) => classes <= LongestWarpRow ? TeamGrid(rows, LanesFor(classes)) : rows;

    // The loss out of what several blocks found.
    private void Conclude(Tensor? parts, int count, Tensor loss)
    {
        if (parts is not null)
        {
            Launch("softmax", "loss_of_parts", loss.DType, 1, BlockThreads, 0, At(parts), At(loss), parts.ElementCount, (double)count);
        }
    }
}
