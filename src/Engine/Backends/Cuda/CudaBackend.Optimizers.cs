using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void SgdStep(Tensor g, double rate, double momentum, Tensor? velocity, Tensor theta) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override void AdamStep(Tensor g, in AdamSettings settings, long step, Tensor m, Tensor v, Tensor theta) =>
        throw new NotSupportedException();
}
