using static Native.Kernels.Driver.NvidiaDriverApi;

namespace Native.Kernels.Driver;

public sealed unsafe partial class NvidiaDriver
{
    /// <inheritdoc/>
    public CudaResult MemGetInfo(out nuint free, out nuint total) => cuMemGetInfo_v2(out free, out total);

    /// <inheritdoc/>
    public CudaResult MemAlloc(out nint pointer, nuint bytes, string label) => cuMemAlloc_v2(out pointer, bytes);

    /// <inheritdoc/>
    public CudaResult MemFree(nint pointer) => cuMemFree_v2(pointer);

    /// <inheritdoc/>
    public CudaResult MemHostAlloc(out nint pointer, nuint bytes, uint flags) => cuMemHostAlloc(out pointer, bytes, flags);

    /// <inheritdoc/>
    public CudaResult MemFreeHost(nint pointer) => cuMemFreeHost(pointer);

    /// <inheritdoc/>
    public CudaResult MemcpyHtoDAsync(nint destination, void* source, nuint bytes, nint stream) =>
        cuMemcpyHtoDAsync_v2(destination, source, bytes, stream);

    /// <inheritdoc/>
    public CudaResult MemcpyDtoHAsync(void* destination, nint source, nuint bytes, nint stream) =>
        cuMemcpyDtoHAsync_v2(destination, source, bytes, stream);

    /// <inheritdoc/>
    public CudaResult MemcpyDtoDAsync(nint destination, nint source, nuint bytes, nint stream) =>
        cuMemcpyDtoDAsync_v2(destination, source, bytes, stream);

    /// <inheritdoc/>
    public CudaResult MemsetD8Async(nint destination, byte value, nuint count, nint stream) =>
        cuMemsetD8Async(destination, value, count, stream);
}
