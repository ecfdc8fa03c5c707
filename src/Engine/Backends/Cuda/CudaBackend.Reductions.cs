using System.Numerics;
using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

public sealed unsafe partial class CudaBackend
{
    // Up to here a line is a matter of one thread, or of some lanes of a warp.
    private const int ShortLine = 1024;

    /// <inheritdoc/>
    /// <remarks>
    /// No thread adds up more than some hundred numbers one after the other; the rest is joined as in a tree. A NaN among
    /// the elements makes every reduction NaN.
    /// </remarks>
    public override void Reduce(Reduction reduction, Tensor x, int axis, Tensor y)
    {
        Require.Reduced(x, axis, y);
        Require.Float32(x);
        int length = x.Shape[axis], inner = x.Shape.Stride(axis), lines = y.ElementCount;
        double divisor = reduction == Reduction.Mean ? length : 1;

        // Long lines with gaps between their elements are better read side by side by many threads, unless there are so many lines that each can have a thread.
        if (length <= (inner == 1 || lines >= LinesThatFill ? ShortLine : 64))
        {
            ReduceLines(reduction, x, lines, length, inner, divisor, y);
        }
        else if (inner == 1)
        {
            ReduceRows(reduction, x, lines, length, divisor, y);
        }
        else
        {
            ReduceChannels(reduction, x, lines / inner, length, inner, 1, divisor, accumulate: false, y);
        }
    }
}
