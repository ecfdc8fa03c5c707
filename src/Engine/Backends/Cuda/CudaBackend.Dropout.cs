using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void DropoutMask(ulong seed, ulong stream, ulong first, double rate, Tensor mask)
    {
        Require.DropoutRate(rate);
        Require.Float32(mask);

        // (x ≫ 8)·2⁻²⁴ < rate, in whole numbers.
        uint threshold = (uint)Math.Ceiling(rate * (1 << 24));
        int count = mask.ElementCount, blocks = (count / 4) + 2;
        Launch(
            "dropout", "dropout_mask", mask.DType, LinearGrid(blocks), BlockThreads, 0,
            seed, stream, first, threshold, Scalar(mask.DType, 1 / (1 - rate)), At(mask), count);
    }
}
