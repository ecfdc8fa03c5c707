using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void Reduce(Reduction reduction, Tensor x, int axis, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void ArgMax(Tensor x, int axis, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void AccumulateBiasGradient(Tensor g, Tensor db) =>
        throw new NotSupportedException();
}
