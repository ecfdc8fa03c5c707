using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void SoftmaxForward(Tensor x, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SoftmaxBackward(Tensor y, Tensor g, Tensor dx) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SoftmaxCrossEntropyForward(Tensor x, Tensor targets, Tensor probabilities, Tensor loss) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SoftmaxCrossEntropyBackward(Tensor probabilities, Tensor targets, Tensor dx) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void LogisticCrossEntropyForward(Tensor x, Tensor targets, Tensor probabilities, Tensor loss) =>
        throw new NotSupportedException();
}
