using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Backends.Cuda;

/// <summary>Softmax of rows of a thousand classes, 256 MB of them at full scale.</summary>
internal static class SoftmaxLadder
{
    private const int Block = 256;
    private const int LanesPerWarp = 32;

    public static KernelLadder Create(LadderRequest request)
    {
        int side = LadderNumbers.Size(request, 256), rows = side * side, classes = LadderNumbers.Size(request, 1000, least: 333);
        DType dtype = request.DType;
        Tensor x = LadderNumbers.Uniform(request, [rows, classes]), y = Tensor.Like(x);
        CudaBackend backend = (CudaBackend)Backend.Of(request.Device);
        return new KernelLadder(
            "Softmax",
            $"{rows} rows of {classes}, {dtype}",
            4.0 * x.ElementCount,
            2.0 * x.ElementCount * dtype.Size(),
            y,
            [
                new("softmax_three_passes", "the formula: a block per row, trees in shared memory for maximum and sum", ThreePasses),
                new("softmax_warp", "a warp per row, lanes exchange maxima and sums: no barriers", Warp),
                new("softmax_online_lanes", "maximum and sum in one pass: a read less", Online),
                new("softmax_registers_32", "the row stays in registers: one read, one write, one exponential", () => backend.SoftmaxForward(x, y)),
                .. CuDnnCeilings.Softmax(x, y),
            ])
        {
            // Logits of [−1, 1) make no y larger than e²/classes. A y errs by one rounding per term of its sum, and some more.
            ErrorBound = 2 * (classes + 30) * (dtype == DType.Float32 ? Math.ScaleB(1, -24) : Math.ScaleB(1, -53)) * Math.Exp(2) / classes,
        };

        void ThreePasses() => backend.Launch(
            "softmax", "softmax_three_passes", dtype, rows, Block, Block * dtype.Size(), x.Address, y.Address, classes);

        void Warp() => backend.Launch("softmax", "softmax_warp", dtype, WarpBlocks(), Block, 0, x.Address, y.Address, rows, classes);

        void Online() => backend.Launch(
            "softmax", "softmax_online_lanes", dtype, WarpBlocks(), Block, 0, x.Address, y.Address, rows, classes, LanesPerWarp);

        int WarpBlocks() => ((rows * LanesPerWarp) + Block - 1) / Block;
    }
}
