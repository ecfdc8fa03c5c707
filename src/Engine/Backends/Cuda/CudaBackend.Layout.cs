using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

public sealed unsafe partial class CudaBackend
{
    private const int TransposeSide = 32;
    private const int TransposeThreadRows = 8;

    // Below this a square of the transposition would be mostly empty.
    private const int ShortestTransposed = 8;

    /// <inheritdoc/>
    public override void Permute(Tensor x, ReadOnlySpan<int> axes, Tensor y)
    {
        Require.Permuted(x, axes, y);
        PermutePlan plan = new(x.Shape, axes);
        if (plan.Axes.Length <= 1)
        {
            // The axes that moved are 1.
            device.Recorder.Call(new CopyCall(AddressOf(x), AddressOf(y), (long)x.ElementCount * x.DType.Size()));
        }
        else if (plan.RowStep == 1 || !TryTranspose(x, plan, y))
        {
            Gather(x, plan, y);
        }
    }

    /// <inheritdoc/>
    public override void Slice(Tensor x, int axis, int start, Tensor y)
    {
        Require.Part(whole: x, axis, start, part: y);
        int step = x.Shape.Stride(axis), whole = x.Shape[axis] * step, part = y.Shape[axis] * step;
        CopyRuns(x, y, part, whole, part, start * step, 0);
    }

    /// <inheritdoc/>
    public override void Place(Tensor x, int axis, int start, Tensor y)
    {
        Require.Part(whole: y, axis, start, part: x);
        int step = y.Shape.Stride(axis), whole = y.Shape[axis] * step, part = x.Shape[axis] * step;
        CopyRuns(x, y, part, part, whole, 0, start * step);
    }

    // Only the size of an element matters.
    private static DType SameSize(DType dtype) => dtype == DType.Int32 ? DType.Float32 : dtype;

    // Runs of elements that follow each other at a distance in x and at another in y, as many as the smaller tensor has.
    private void CopyRuns(Tensor x, Tensor y, int run, int xStep, int yStep, int xStart, int yStart)
    {
        int size = x.DType.Size(), width = 16 / size, count = Math.Min(x.ElementCount, y.ElementCount);
        nint from = AddressOf(x) + ((nint)xStart * size), to = AddressOf(y) + ((nint)yStart * size);
        if (run == count)
        {
            device.Recorder.Call(new CopyCall(from, to, (long)count * size));
        }
        else if ((run | xStep | yStep) % width == 0 && (from | to) % 16 == 0)
        {
            LaunchLinear(
                "layout", "copy_runs_of_packs", DType.Float32, count / width,
                from, to, count / width, (uint)(run / width), (uint)(xStep / width), (uint)(yStep / width));
        }
        else
        {
            LaunchLinear("layout", "copy_runs", SameSize(x.DType), count, from, to, count, (uint)run, (uint)xStep, (uint)yStep);
        }
    }

    private void Gather(Tensor x, in PermutePlan plan, Tensor y)
    {
        // Rows that stay rows are moved in packs where they are whole numbers of them; then so are all other distances.
        int width = 16 / x.DType.Size(), count = y.ElementCount;
        bool inPacks = plan.RowStep == 1 && plan.RowLength % width == 0 && (AddressOf(x) | AddressOf(y)) % 16 == 0;
        PermuteAxes axes = default;
        foreach (PermutePlan.Axis axis in plan.Axes)
        {
            bool isRow = axes.Count == 0;
            axes.Size[axes.Count] = (uint)(inPacks && isRow ? axis.Size / width : axis.Size);
            axes.Step[axes.Count] = (uint)(inPacks && !isRow ? axis.Step / width : axis.Step);
            axes.Count++;
        }

        count /= inPacks ? width : 1;
        LaunchLinear(
            "layout", inPacks ? "permute_packs" : "permute", inPacks ? DType.Float32 : SameSize(x.DType), count,
            AddressOf(x), AddressOf(y), count, KernelArgument.Structure(&axes));
    }

    // Square by square, where the axis that is innermost in x is another one than that of y, and both are long enough.
    private bool TryTranspose(Tensor x, in PermutePlan plan, Tensor y)
    {
        TransposeAxes axes = new() { Rows = (uint)plan.RowLength, RowStep = (uint)plan.RowStep };
        int yStep = 1, squares = 1;
        for (int i = 0; i < plan.Axes.Length; i++)
        {
            PermutePlan.Axis axis = plan.Axes[i];
            if (axis.Step == 1)
            {
                (axes.Columns, axes.ColumnStep) = ((uint)axis.Size, (uint)yStep);
            }
            else if (i > 0)
            {
                axes.Size[axes.Count] = (uint)axis.Size;
                axes.StepX[axes.Count] = (uint)axis.Step;
                axes.StepY[axes.Count] = (uint)yStep;
                axes.Count++;
                squares *= axis.Size;
            }

            yStep *= axis.Size;
        }

        if (axes.Rows < ShortestTransposed || axes.Columns < ShortestTransposed)
        {
            return false;
        }

        squares *= CeilingDivide((int)axes.Rows, TransposeSide) * CeilingDivide((int)axes.Columns, TransposeSide);
        Launch(
            "layout", "permute_transpose", SameSize(x.DType), squares, new Dim3(TransposeSide, TransposeThreadRows), 0,
            At(x), At(y), KernelArgument.Structure(&axes));
        return true;
    }

    // As kernels/layout.cu has it.
    private struct PermuteAxes
    {
        public int Count;
        public fixed uint Size[Shape.MaxRank];
        public fixed uint Step[Shape.MaxRank];
    }

    // As kernels/layout.cu has it.
    private struct TransposeAxes
    {
        public uint Rows;
        public uint RowStep;
        public uint Columns;
        public uint ColumnStep;
        public int Count;
        public fixed uint Size[Shape.MaxRank - 2];
        public fixed uint StepX[Shape.MaxRank - 2];
        public fixed uint StepY[Shape.MaxRank - 2];
    }
}
