using System.Runtime.InteropServices;
using Native.Kernels.Libraries;

namespace Native.Kernels.Driver;

/// <summary>The functions of libcuda that this project calls, under the names they are exported by.</summary>
/// <remarks>
/// NVIDIA, "CUDA Driver API", cuda.h of CUDA 12 and 13. A version suffix (<c>_v2</c>) belongs to the exported name: the
/// header's macros add it. The driver goes on exporting a name when the header moves to a newer version, so the names
/// here are those of CUDA 12.0, except where a newer one is wanted and may be missing. CUdevice, enumerations and
/// <c>unsigned int</c> are 32 bits wide, CUdeviceptr and <c>size_t</c> 64, everything else is a pointer.
/// </remarks>
internal static unsafe partial class NvidiaDriverApi
{
    private const string Library = NativeLibraries.Driver;

    // ---- Driver and errors

    [LibraryImport(Library)]
    internal static partial CudaResult cuInit(uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDriverGetVersion(out int driverVersion);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGetErrorName(CudaResult error, out byte* text);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGetErrorString(CudaResult error, out byte* text);

    // ---- Devices and contexts

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetCount(out int count);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceTotalMem_v2(out nuint bytes, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuCtxSetCurrent(nint context);

    [LibraryImport(Library)]
    internal static partial CudaResult cuCtxSynchronize();

    // ---- Memory

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemGetInfo_v2(out nuint free, out nuint total);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemAlloc_v2(out nint pointer, nuint bytes);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemFree_v2(nint pointer);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemHostAlloc(out nint pointer, nuint bytes, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemFreeHost(nint pointer);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemcpyHtoDAsync_v2(nint destination, void* source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemcpyDtoHAsync_v2(void* destination, nint source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemcpyDtoDAsync_v2(nint destination, nint source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemsetD8Async(nint destination, byte value, nuint count, nint stream);

    // ---- Modules and kernels

    [LibraryImport(Library)]
    internal static partial CudaResult cuModuleLoadDataEx(out nint module, byte* image, uint optionCount, int* options, void** optionValues);

    [LibraryImport(Library)]
    internal static partial CudaResult cuModuleUnload(nint module);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial CudaResult cuModuleGetFunction(out nint function, nint module, string name);

    /// <summary>Since CUDA 12.4.</summary>
    [LibraryImport(Library)]
    internal static partial CudaResult cuFuncGetParamInfo(nint function, nuint index, out nuint offset, out nuint size);

    [LibraryImport(Library)]
    internal static partial CudaResult cuFuncGetAttribute(out int value, CudaFunctionAttribute attribute, nint function);

    [LibraryImport(Library)]
    internal static partial CudaResult cuFuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value);

    [LibraryImport(Library)]
    internal static partial CudaResult cuLaunchKernel(
        nint function,
        uint gridX,
        uint gridY,
        uint gridZ,
        uint blockX,
        uint blockY,
        uint blockZ,
        uint sharedBytes,
        nint stream,
        void** parameters,
        void** extra);

    // ---- Streams and events

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamDestroy_v2(nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamSynchronize(nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamWaitEvent(nint stream, nint @event, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventCreate(out nint @event, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventDestroy_v2(nint @event);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventRecord(nint @event, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventQuery(nint @event);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventSynchronize(nint @event);

    /// <summary>CUDA 12.8 added a _v2 of the same signature; this name stays.</summary>
    [LibraryImport(Library)]
    internal static partial CudaResult cuEventElapsedTime(out float milliseconds, nint start, nint end);

    // ---- Graphs

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamBeginCapture_v2(nint stream, CudaCaptureMode mode);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamEndCapture(nint stream, out nint graph);

    /// <summary>Since CUDA 11.3; gone from the header of CUDA 13.</summary>
    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamGetCaptureInfo_v2(
        nint stream, out int status, ulong* id, nint* graph, nint** dependencies, nuint* dependencyCount);

    /// <summary>Since CUDA 12.3.</summary>
    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamGetCaptureInfo_v3(
        nint stream, out int status, ulong* id, nint* graph, nint** dependencies, void** edges, nuint* dependencyCount);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphInstantiateWithFlags(out nint executable, nint graph, ulong flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphExecKernelNodeSetParams_v2(nint executable, nint node, in KernelNodeParameters parameters);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphLaunch(nint executable, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphExecDestroy(nint executable);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphDestroy(nint graph);

    /// <summary>CUDA_KERNEL_NODE_PARAMS_v2.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct KernelNodeParameters
    {
        internal nint Function;
        internal uint GridX;
        internal uint GridY;
        internal uint GridZ;
        internal uint BlockX;
        internal uint BlockY;
        internal uint BlockZ;
        internal uint SharedBytes;
        internal void** Parameters;
        internal void** Extra;

        /// <summary>A CUkernel, looked at only where Function is null.</summary>
        internal nint Kernel;

        /// <summary>The context of such a CUkernel.</summary>
        internal nint Context;
    }
}
