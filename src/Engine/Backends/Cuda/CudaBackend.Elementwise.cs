using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void Fill(double value, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Unary(UnaryOperation operation, Tensor x, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Binary(BinaryOperation operation, Tensor a, Tensor b, Tensor y) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void AddScaled(double alpha, Tensor x, double beta, Tensor y) =>
        throw new NotSupportedException();
}
