using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void Permute(Tensor x, ReadOnlySpan<int> axes, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Slice(Tensor x, int axis, int start, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Place(Tensor x, int axis, int start, Tensor y) =>
        throw new NotSupportedException();
}
