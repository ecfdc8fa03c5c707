using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void ConvolutionForward(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void ConvolutionBackwardData(Tensor w, Tensor g, in Window window, int groups, Tensor dx) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void AccumulateConvolutionBackwardWeights(Tensor x, Tensor g, in Window window, int groups, Tensor dw) =>
        throw new NotSupportedException();
}
