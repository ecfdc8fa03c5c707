namespace Native.Kernels.Driver;

/// <summary>
/// The part of the CUDA driver API that this project uses, one method per function, with the driver's own conventions:
/// a result code comes back, handles are plain numbers, work is queued on streams.
/// </summary>
/// <remarks>
/// There are two: one passes each call on to libcuda, the other (emulated CUDA)
/// does the same in main memory. Everything above (contexts, modules, kernels, streams) is written once, over this
/// interface; tests put a driver in its place that fails on purpose. Names and order of parameters are the driver's, the
/// prefix <c>cu</c> and version suffixes left out. (NVIDIA, "CUDA Driver API", reference manual.)
/// </remarks>
public unsafe interface ICudaDriver
{
    /// <summary>What it is, for messages: "NVIDIA driver" or "emulated CUDA".</summary>
    string Name { get; }

    /// <summary>True where there is no device and kernels run in main memory.</summary>
    bool IsEmulated { get; }

    /// <summary>cuInit.</summary>
    CudaResult Init(uint flags);

    /// <summary>cuDriverGetVersion: 1000·major + 10·minor.</summary>
    CudaResult DriverGetVersion(out int version);

    /// <summary>cuGetErrorName and cuGetErrorString: "CUDA_ERROR_OUT_OF_MEMORY: out of memory", and more where the driver knows more.</summary>
    string Describe(CudaResult result);

    /// <summary>cuDeviceGetCount.</summary>
    CudaResult DeviceGetCount(out int count);

    /// <summary>cuDeviceGet.</summary>
    CudaResult DeviceGet(out int device, int ordinal);

    /// <summary>cuDeviceGetName.</summary>
    CudaResult DeviceGetName(byte* name, int length, int device);

    /// <summary>cuDeviceGetAttribute.</summary>
    CudaResult DeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device);

    /// <summary>cuDeviceTotalMem.</summary>
    CudaResult DeviceTotalMem(out nuint bytes, int device);

    /// <summary>cuDevicePrimaryCtxRetain: the context that cuBLAS and cuDNN use too.</summary>
    CudaResult DevicePrimaryCtxRetain(out nint context, int device);

    /// <summary>cuDevicePrimaryCtxRelease.</summary>
    CudaResult DevicePrimaryCtxRelease(int device);

    /// <summary>cuCtxSetCurrent, for the calling thread.</summary>
    CudaResult CtxSetCurrent(nint context);

    /// <summary>cuCtxSynchronize.</summary>
    CudaResult CtxSynchronize();

    /// <summary>cuMemGetInfo.</summary>
    CudaResult MemGetInfo(out nuint free, out nuint total);

    /// <summary>cuMemAlloc. The label names the memory in the emulator's messages; the device forgets it.</summary>
    CudaResult MemAlloc(out nint pointer, nuint bytes, string label);

    /// <summary>cuMemFree.</summary>
    CudaResult MemFree(nint pointer);

    /// <summary>cuMemHostAlloc: main memory that stays in place, so that copies need not wait.</summary>
    CudaResult MemHostAlloc(out nint pointer, nuint bytes, uint flags);

    /// <summary>cuMemFreeHost.</summary>
    CudaResult MemFreeHost(nint pointer);

    /// <summary>cuMemcpyHtoDAsync.</summary>
    CudaResult MemcpyHtoDAsync(nint destination, void* source, nuint bytes, nint stream);

    /// <summary>cuMemcpyDtoHAsync.</summary>
    CudaResult MemcpyDtoHAsync(void* destination, nint source, nuint bytes, nint stream);

    /// <summary>cuMemcpyDtoDAsync.</summary>
    CudaResult MemcpyDtoDAsync(nint destination, nint source, nuint bytes, nint stream);

    /// <summary>cuMemsetD8Async.</summary>
    CudaResult MemsetD8Async(nint destination, byte value, nuint count, nint stream);

    /// <summary>cuModuleLoadDataEx: PTX text (ending in a zero) or a cubin. For the emulator the path of a shared library.</summary>
    /// <param name="module">The module.</param>
    /// <param name="image">What to load.</param>
    /// <param name="log">What the just-in-time compiler had to say.</param>
    CudaResult ModuleLoadData(out nint module, ReadOnlySpan<byte> image, out string log);

    /// <summary>cuModuleUnload.</summary>
    CudaResult ModuleUnload(nint module);

    /// <summary>cuModuleGetFunction.</summary>
    CudaResult ModuleGetFunction(out nint function, nint module, string name);

    /// <summary>cuFuncGetParamInfo: the size of a kernel's parameter; InvalidValue past the last. NotSupported on drivers before 12.4.</summary>
    CudaResult FuncGetParamInfo(nint function, nuint index, out nuint offset, out nuint size);

    /// <summary>cuFuncGetAttribute.</summary>
    CudaResult FuncGetAttribute(out int value, CudaFunctionAttribute attribute, nint function);

    /// <summary>cuFuncSetAttribute.</summary>
    CudaResult FuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value);

    /// <summary>cuLaunchKernel. parameters[i] points at the value of argument i.</summary>
    CudaResult LaunchKernel(nint function, in Dim3 grid, in Dim3 block, uint sharedBytes, nint stream, void** parameters);

    /// <summary>cuStreamCreate.</summary>
    CudaResult StreamCreate(out nint stream, uint flags);

    /// <summary>cuStreamDestroy.</summary>
    CudaResult StreamDestroy(nint stream);

    /// <summary>cuStreamSynchronize.</summary>
    CudaResult StreamSynchronize(nint stream);

    /// <summary>cuStreamWaitEvent.</summary>
    CudaResult StreamWaitEvent(nint stream, nint @event, uint flags);

    /// <summary>cuEventCreate.</summary>
    CudaResult EventCreate(out nint @event, uint flags);

    /// <summary>cuEventDestroy.</summary>
    CudaResult EventDestroy(nint @event);

    /// <summary>cuEventRecord.</summary>
    CudaResult EventRecord(nint @event, nint stream);

    /// <summary>cuEventQuery: NotReady while work before it is under way.</summary>
    CudaResult EventQuery(nint @event);

    /// <summary>cuEventSynchronize.</summary>
    CudaResult EventSynchronize(nint @event);

    /// <summary>cuEventElapsedTime, in milliseconds.</summary>
    CudaResult EventElapsedTime(out float milliseconds, nint start, nint end);

    /// <summary>cuStreamBeginCapture: from here on work on the stream is written down, not done.</summary>
    CudaResult StreamBeginCapture(nint stream, CudaCaptureMode mode);

    /// <summary>cuStreamEndCapture.</summary>
    CudaResult StreamEndCapture(nint stream, out nint graph);

    /// <summary>cuStreamGetCaptureInfo: the node that the last captured work became; 0 where nothing is captured.</summary>
    CudaResult StreamGetCaptureNode(nint stream, out nint node);

    /// <summary>cuGraphInstantiate.</summary>
    CudaResult GraphInstantiate(out nint executable, nint graph);

    /// <summary>cuGraphExecKernelNodeSetParams: the same kernel in the same node with other arguments.</summary>
    CudaResult GraphExecKernelNodeSetParams(
        nint executable, nint node, nint function, in Dim3 grid, in Dim3 block, uint sharedBytes, void** parameters);

    /// <summary>cuGraphLaunch.</summary>
    CudaResult GraphLaunch(nint executable, nint stream);

    /// <summary>cuGraphExecDestroy.</summary>
    CudaResult GraphExecDestroy(nint executable);

    /// <summary>cuGraphDestroy.</summary>
    CudaResult GraphDestroy(nint graph);
}
