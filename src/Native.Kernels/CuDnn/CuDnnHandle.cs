using Native.Kernels.Driver;
using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

/// <summary>cuDNN for a context: operations of neural networks on a stream. One handle is for one thread at a time.</summary>
public sealed class CuDnnHandle : CudaHandle
{
    /// <summary>cuDNN for the stream's context.</summary>
    /// <param name="stream">Where operations are queued.</param>
    /// <exception cref="Libraries.NativeLibraryException">cuDNN is not there.</exception>
    /// <exception cref="CuDnnException">The device has no memory left for it, or is too old.</exception>
    public CuDnnHandle(CudaStream stream)
        : base(ContextOf(stream), "cuDNN handle", Create(stream), "cuDNN")
    {
        SetStream(stream);
    }

    /// <summary>Queues the operations to come on another stream.</summary>
    public void SetStream(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Context.MakeCurrent();
        CuDnnCheck.Check(cudnnSetStream(this, stream.Value), "cudnnSetStream", stream.Value);
    }

    private protected override CudaResult Release(nint value) =>
        cudnnDestroy(value) == CuDnnStatus.Success ? CudaResult.Success : CudaResult.Unknown;

    private static CudaContext ContextOf(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Context;
    }

    private static nint Create(CudaStream stream)
    {
        stream.Context.MakeCurrent();
        CuDnnCheck.Check(cudnnCreate(out nint handle), "cudnnCreate", stream.Context);
        return handle;
    }
}
