using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void MatMul(
        Tensor a, Tensor b, Tensor y, bool transposeA = false, bool transposeB = false, Tensor? bias = null, bool accumulate = false) =>
        throw new NotSupportedException();
}
