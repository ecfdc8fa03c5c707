using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void BatchNormalizationForward(
        Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor y, Tensor mean, Tensor variance) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void BatchNormalizationInference(
        Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void BatchNormalizationBackward(
        Tensor x, Tensor g, Tensor gamma, Tensor mean, Tensor variance, double epsilon, Tensor dx, Tensor? dgamma, Tensor? dbeta) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void BatchNormalizationInferenceBackward(
        Tensor x, Tensor g, Tensor gamma, Tensor mean, Tensor variance, double epsilon, Tensor dx, Tensor? dgamma, Tensor? dbeta) =>
        throw new NotSupportedException();
}
