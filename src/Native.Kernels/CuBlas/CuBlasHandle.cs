using Native.Kernels.Driver;
using static Native.Kernels.CuBlas.CuBlasApi;

namespace Native.Kernels.CuBlas;

/// <summary>cuBLAS for a context: matrix products on a stream.</summary>
/// <remarks>
/// <para>
/// <b>Same bits.</b> One version of the library on one kind of device gives the same bits run after run, as long as only
/// one stream uses a handle's workspace; with several streams at work it may choose its kernels differently, unless each
/// has a workspace of its own. So a handle here is bound to one stream and one workspace. (NVIDIA, "cuBLAS",
/// reproducibility.)
/// </para>
/// <para>
/// <b>Captures.</b> A workspace given by the caller also keeps a captured graph from allocating memory of its own.
/// </para>
/// <para>One handle is for one thread at a time.</para>
/// </remarks>
public sealed partial class CuBlasHandle : CudaHandle
{
    /// <summary>The workspace that NVIDIA recommends for Hopper, in bytes; 4 MiB do for older devices.</summary>
    public const long RecommendedWorkspaceBytes = 32L << 20;

    private nint stream;
    private nint workspace;
    private nuint workspaceBytes;

    /// <summary>cuBLAS for the stream's context.</summary>
    /// <param name="stream">Where products are queued.</param>
    /// <exception cref="Libraries.NativeLibraryException">cuBLAS is not there.</exception>
    /// <exception cref="CuBlasException">The device has no memory left for it, or is too old.</exception>
    public CuBlasHandle(CudaStream stream)
        : base(ContextOf(stream), "cuBLAS handle", Create(stream), "cuBLAS")
    {
        SetStream(stream);
        Check(cublasSetMathMode(this, CuBlasMath.Default), "cublasSetMathMode", "default");
    }

    /// <summary>Queues the products to come on another stream. The workspace stays the one that was given.</summary>
    public void SetStream(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Context.MakeCurrent();
        this.stream = stream.Value;
        Check(cublasSetStream_v2(this, this.stream), "cublasSetStream", "stream");

        // The library goes back to its own workspace whenever the stream is set.
        if (workspace != 0)
        {
            SetWorkspace(workspace, workspaceBytes);
        }
    }

    /// <summary>Gives the library device memory to work in, which must stay allocated as long as the handle uses it.</summary>
    /// <param name="address">Aligned to 256 bytes, as all device memory is; 0 for the library's own.</param>
    /// <param name="bytes">Its size; <see cref="RecommendedWorkspaceBytes"/>.</param>
    public void SetWorkspace(nint address, nuint bytes)
    {
        Context.MakeCurrent();
        Check(cublasSetWorkspace_v2(this, address, bytes), "cublasSetWorkspace", $"{bytes} bytes");
        (workspace, workspaceBytes) = (address, bytes);
    }

    private protected override CudaResult Release(nint value) =>
        cublasDestroy_v2(value) == CuBlasStatus.Success ? CudaResult.Success : CudaResult.Unknown;

    private static CudaContext ContextOf(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Context;
    }

    private static nint Create(CudaStream stream)
    {
        stream.Context.MakeCurrent();
        Check(cublasCreate_v2(out nint handle), "cublasCreate", $"{stream.Context}");
        return handle;
    }

    private static void Check(CuBlasStatus status, string call, string arguments)
    {
        if (status != CuBlasStatus.Success)
        {
            throw new CuBlasException(status, call, arguments);
        }
    }
}
