using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void DropoutMask(ulong seed, ulong stream, ulong first, double rate, Tensor mask) =>
        throw new NotSupportedException();
}
