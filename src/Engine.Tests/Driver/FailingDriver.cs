using Native.Kernels.Driver;

namespace Engine.Tests.Driver;

/// <summary>A driver that does what another does, until a call is told to fail.</summary>
internal sealed unsafe class FailingDriver(ICudaDriver inner, bool pretendsToBeReal = true) : ICudaDriver
{
    private readonly Dictionary<string, (CudaResult Result, int After)> failures = [];

    /// <inheritdoc/>
    public string Name => "failing driver";

    /// <inheritdoc/>
    public bool IsEmulated => !pretendsToBeReal;

    /// <summary>How often each call was made.</summary>
    public Dictionary<string, int> Calls { get; } = [];

    /// <summary>Makes a call fail, each time from now on.</summary>
    /// <param name="call">The method's name.</param>
    /// <param name="result">What it answers.</param>
    /// <param name="after">How often it succeeds before.</param>
    public void Fail(string call, CudaResult result, int after = 0) => failures[call] = (result, after);

    /// <summary>Lets a call succeed again.</summary>
    public void Mend(string call) => failures.Remove(call);

    /// <inheritdoc/>
    public string Describe(CudaResult result) => $"{result}, as told";

    /// <inheritdoc/>
    public CudaResult Init(uint flags)
    {
        return Told(nameof(Init), out CudaResult told) ? told : inner.Init(flags);
    }

    /// <inheritdoc/>
    public CudaResult DriverGetVersion(out int version)
    {
        version = 0;
        return Told(nameof(DriverGetVersion), out CudaResult told) ? told : inner.DriverGetVersion(out version);
    }

    /// <inheritdoc/>
    public CudaResult DeviceGetCount(out int count)
    {
        count = 0;
        return Told(nameof(DeviceGetCount), out CudaResult told) ? told : inner.DeviceGetCount(out count);
    }

    /// <inheritdoc/>
    public CudaResult DeviceGet(out int device, int ordinal)
    {
        device = 0;
        return Told(nameof(DeviceGet), out CudaResult told) ? told : inner.DeviceGet(out device, ordinal);
    }

    /// <inheritdoc/>
    public CudaResult DeviceGetName(byte* name, int length, int device)
    {
        return Told(nameof(DeviceGetName), out CudaResult told) ? told : inner.DeviceGetName(name, length, device);
    }

    /// <inheritdoc/>
    public CudaResult DeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device)
    {
        value = 0;
        return Told(nameof(DeviceGetAttribute), out CudaResult told) ? told : inner.DeviceGetAttribute(out value, attribute, device);
    }

    /// <inheritdoc/>
    public CudaResult DeviceTotalMem(out nuint bytes, int device)
    {
        bytes = 0;
        return Told(nameof(DeviceTotalMem), out CudaResult told) ? told : inner.DeviceTotalMem(out bytes, device);
    }

    /// <inheritdoc/>
    public CudaResult DevicePrimaryCtxRetain(out nint context, int device)
    {
        context = 0;
        return Told(nameof(DevicePrimaryCtxRetain), out CudaResult told) ? told : inner.DevicePrimaryCtxRetain(out context, device);
    }

    /// <inheritdoc/>
    public CudaResult DevicePrimaryCtxRelease(int device)
    {
        return Told(nameof(DevicePrimaryCtxRelease), out CudaResult told) ? told : inner.DevicePrimaryCtxRelease(device);
    }

    /// <inheritdoc/>
    public CudaResult CtxSetCurrent(nint context)
    {
        return Told(nameof(CtxSetCurrent), out CudaResult told) ? told : inner.CtxSetCurrent(context);
    }

    /// <inheritdoc/>
    public CudaResult CtxSynchronize()
    {
        return Told(nameof(CtxSynchronize), out CudaResult told) ? told : inner.CtxSynchronize();
    }

    /// <inheritdoc/>
    public CudaResult MemGetInfo(out nuint free, out nuint total)
    {
        free = 0;
        total = 0;
        return Told(nameof(MemGetInfo), out CudaResult told) ? told : inner.MemGetInfo(out free, out total);
    }

    /// <inheritdoc/>
    public CudaResult MemAlloc(out nint pointer, nuint bytes, string label)
    {
        pointer = 0;
        return Told(nameof(MemAlloc), out CudaResult told) ? told : inner.MemAlloc(out pointer, bytes, label);
    }

    /// <inheritdoc/>
    public CudaResult MemFree(nint pointer)
    {
        return Told(nameof(MemFree), out CudaResult told) ? told : inner.MemFree(pointer);
    }

    /// <inheritdoc/>
    public CudaResult MemHostAlloc(out nint pointer, nuint bytes, uint flags)
    {
        pointer = 0;
        return Told(nameof(MemHostAlloc), out CudaResult told) ? told : inner.MemHostAlloc(out pointer, bytes, flags);
    }

    /// <inheritdoc/>
    public CudaResult MemFreeHost(nint pointer)
    {
        return Told(nameof(MemFreeHost), out CudaResult told) ? told : inner.MemFreeHost(pointer);
    }

    /// <inheritdoc/>
    public CudaResult MemcpyHtoDAsync(nint destination, void* source, nuint bytes, nint stream)
    {
        return Told(nameof(MemcpyHtoDAsync), out CudaResult told) ? told : inner.MemcpyHtoDAsync(destination, source, bytes, stream);
    }

    /// <inheritdoc/>
    public CudaResult MemcpyDtoHAsync(void* destination, nint source, nuint bytes, nint stream)
    {
        return Told(nameof(MemcpyDtoHAsync), out CudaResult told) ? told : inner.MemcpyDtoHAsync(destination, source, bytes, stream);
    }

    /// <inheritdoc/>
    public CudaResult MemcpyDtoDAsync(nint destination, nint source, nuint bytes, nint stream)
    {
        return Told(nameof(MemcpyDtoDAsync), out CudaResult told) ? told : inner.MemcpyDtoDAsync(destination, source, bytes, stream);
    }

    /// <inheritdoc/>
    public CudaResult MemsetD8Async(nint destination, byte value, nuint count, nint stream)
    {
        return Told(nameof(MemsetD8Async), out CudaResult told) ? told : inner.MemsetD8Async(destination, value, count, stream);
    }

    /// <inheritdoc/>
    public CudaResult ModuleLoadData(out nint module, ReadOnlySpan<byte> image, out string log)
    {
        module = 0;
        log = "";
        return Told(nameof(ModuleLoadData), out CudaResult told) ? told : inner.ModuleLoadData(out module, image, out log);
    }

    /// <inheritdoc/>
    public CudaResult ModuleUnload(nint module)
    {
        return Told(nameof(ModuleUnload), out CudaResult told) ? told : inner.ModuleUnload(module);
    }

    /// <inheritdoc/>
    public CudaResult ModuleGetFunction(out nint function, nint module, string name)
    {
        function = 0;
        return Told(nameof(ModuleGetFunction), out CudaResult told) ? told : inner.ModuleGetFunction(out function, module, name);
    }

    /// <inheritdoc/>
    public CudaResult FuncGetParamInfo(nint function, nuint index, out nuint offset, out nuint size)
    {
        offset = 0;
        size = 0;
        return Told(nameof(FuncGetParamInfo), out CudaResult told) ? told : inner.FuncGetParamInfo(function, index, out offset, out size);
    }

    /// <inheritdoc/>
    public CudaResult FuncGetAttribute(out int value, CudaFunctionAttribute attribute, nint function)
    {
        value = 0;
        return Told(nameof(FuncGetAttribute), out CudaResult told) ? told : inner.FuncGetAttribute(out value, attribute, function);
    }

    /// <inheritdoc/>
    public CudaResult FuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value)
    {
        return Told(nameof(FuncSetAttribute), out CudaResult told) ? told : inner.FuncSetAttribute(function, attribute, value);
    }

    /// <inheritdoc/>
    public CudaResult LaunchKernel(nint function, in Dim3 grid, in Dim3 block, uint sharedBytes, nint stream, void** parameters)
    {
        return Told(nameof(LaunchKernel), out CudaResult told) ? told : inner.LaunchKernel(function, grid, block, sharedBytes, stream, parameters);
    }

    /// <inheritdoc/>
    public CudaResult StreamCreate(out nint stream, uint flags)
    {
        stream = 0;
        return Told(nameof(StreamCreate), out CudaResult told) ? told : inner.StreamCreate(out stream, flags);
    }

    /// <inheritdoc/>
    public CudaResult StreamDestroy(nint stream)
    {
        return Told(nameof(StreamDestroy), out CudaResult told) ? told : inner.StreamDestroy(stream);
    }

    /// <inheritdoc/>
    public CudaResult StreamSynchronize(nint stream)
    {
        return Told(nameof(StreamSynchronize), out CudaResult told) ? told : inner.StreamSynchronize(stream);
    }

    /// <inheritdoc/>
    public CudaResult StreamWaitEvent(nint stream, nint @event, uint flags)
    {
        return Told(nameof(StreamWaitEvent), out CudaResult told) ? told : inner.StreamWaitEvent(stream, @event, flags);
    }

    /// <inheritdoc/>
    public CudaResult EventCreate(out nint @event, uint flags)
    {
        @event = 0;
        return Told(nameof(EventCreate), out CudaResult told) ? told : inner.EventCreate(out @event, flags);
    }

    /// <inheritdoc/>
    public CudaResult EventDestroy(nint @event)
    {
        return Told(nameof(EventDestroy), out CudaResult told) ? told : inner.EventDestroy(@event);
    }

    /// <inheritdoc/>
    public CudaResult EventRecord(nint @event, nint stream)
    {
        return Told(nameof(EventRecord), out CudaResult told) ? told : inner.EventRecord(@event, stream);
    }

    /// <inheritdoc/>
    public CudaResult EventQuery(nint @event)
    {
        return Told(nameof(EventQuery), out CudaResult told) ? told : inner.EventQuery(@event);
    }

    /// <inheritdoc/>
    public CudaResult EventSynchronize(nint @event)
    {
        return Told(nameof(EventSynchronize), out CudaResult told) ? told : inner.EventSynchronize(@event);
    }

    /// <inheritdoc/>
    public CudaResult EventElapsedTime(out float milliseconds, nint start, nint end)
    {
        milliseconds = 0;
        return Told(nameof(EventElapsedTime), out CudaResult told) ? told : inner.EventElapsedTime(out milliseconds, start, end);
    }

    /// <inheritdoc/>
    public CudaResult StreamBeginCapture(nint stream, CudaCaptureMode mode)
    {
        return Told(nameof(StreamBeginCapture), out CudaResult told) ? told : inner.StreamBeginCapture(stream, mode);
    }

    /// <inheritdoc/>
    public CudaResult StreamEndCapture(nint stream, out nint graph)
    {
        graph = 0;
        return Told(nameof(StreamEndCapture), out CudaResult told) ? told : inner.StreamEndCapture(stream, out graph);
    }

    /// <inheritdoc/>
    public CudaResult StreamGetCaptureNode(nint stream, out nint node)
    {
        node = 0;
        return Told(nameof(StreamGetCaptureNode), out CudaResult told) ? told : inner.StreamGetCaptureNode(stream, out node);
    }

    /// <inheritdoc/>
    public CudaResult GraphInstantiate(out nint executable, nint graph)
    {
        executable = 0;
        return Told(nameof(GraphInstantiate), out CudaResult told) ? told : inner.GraphInstantiate(out executable, graph);
    }

    /// <inheritdoc/>
    public CudaResult GraphExecKernelNodeSetParams(nint executable, nint node, nint function, in Dim3 grid, in Dim3 block, uint sharedBytes, void** parameters)
    {
        return Told(nameof(GraphExecKernelNodeSetParams), out CudaResult told) ? told : inner.GraphExecKernelNodeSetParams(executable, node, function, grid, block, sharedBytes, parameters);
    }

    /// <inheritdoc/>
    public CudaResult GraphLaunch(nint executable, nint stream)
    {
        return Told(nameof(GraphLaunch), out CudaResult told) ? told : inner.GraphLaunch(executable, stream);
    }

    /// <inheritdoc/>
    public CudaResult GraphExecDestroy(nint executable)
    {
        return Told(nameof(GraphExecDestroy), out CudaResult told) ? told : inner.GraphExecDestroy(executable);
    }

    /// <inheritdoc/>
    public CudaResult GraphDestroy(nint graph)
    {
        return Told(nameof(GraphDestroy), out CudaResult told) ? told : inner.GraphDestroy(graph);
    }

    private bool Told(string call, out CudaResult result)
    {
        lock (Calls)
        {
            int before = Calls.GetValueOrDefault(call);
            Calls[call] = before + 1;
            bool fails = failures.TryGetValue(call, out (CudaResult Result, int After) failure) && before >= failure.After;
            result = failure.Result;
            return fails;
        }
    }
}
