using Engine.Tensors;
using Native.Kernels;
using Native.Kernels.CuBlas;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>Matrix products by cuBLAS.</summary>
internal sealed class CuBlasProducts : IMatrixLibrary
{
    private readonly CudaDevice device;
    private readonly CuBlasHandle handle;

    // The library's own memory would be another one in each capture; this one stays.
    private readonly CudaMemoryHandle workspace;

    /// <summary>cuBLAS on a device's stream.</summary>
    /// <exception cref="Native.Kernels.Libraries.NativeLibraryException">cuBLAS is not there.</exception>
    public CuBlasProducts(CudaDevice device)
    {
        this.device = device;
        handle = new CuBlasHandle(device.Stream);
        workspace = new CudaMemoryHandle(device.Context, CuBlasHandle.RecommendedWorkspaceBytes, "cuBLAS workspace");
        handle.SetWorkspace(workspace.Value, (nuint)workspace.Bytes);
    }

    /// <inheritdoc/>
    public void Multiply(in MatrixProduct product, bool accumulate) =>
        device.Recorder.Call(new GemmCall(handle, product, accumulate, CudaSettings.MatrixMode));

    /// <inheritdoc/>
    public void Dispose()
    {
        handle.Dispose();
        workspace.Dispose();
    }

    private readonly record struct GemmCall(CuBlasHandle Handle, MatrixProduct Product, bool Accumulate, MatrixMode Mode) : IDeviceCall
    {
        public void Queue(CudaDevice device)
        {
            GemmShape shape = GemmShape.Batched(
                Product.Batch, Product.M, Product.N, Product.K, Product.TransposeA, Product.TransposeB, Product.SharedB);
            CudaDataType type = Product.Type == DType.Float32 ? CudaDataType.Float32 : CudaDataType.Float64;
            Handle.Gemm(type, shape, 1, Product.A, Product.B, Accumulate ? 1 : 0, Product.Y, Mode);
        }
    }
}
