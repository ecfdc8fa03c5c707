using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void MaxPoolingForward(Tensor x, in Window window, Tensor y, Tensor argMax) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void MaxPoolingBackward(Tensor g, Tensor argMax, Tensor dx) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void AveragePoolingForward(Tensor x, in Window window, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void AveragePoolingBackward(Tensor g, in Window window, Tensor dx) =>
        throw new NotSupportedException();
}
