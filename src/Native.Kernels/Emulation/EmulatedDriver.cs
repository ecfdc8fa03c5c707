using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Native.Kernels.Driver;

namespace Native.Kernels.Emulation;

/// <summary>
/// CUDA in main memory: the kernels are the same source, built by the host's compiler, and run by the emulator.
/// </summary>
/// <remarks>
/// Work on a stream is done at once, so that when a call returns its work is finished: the simplest order that the
/// driver's rules allow. What a capture writes down is kept as it is for a GPU and done at each launch of the graph.
/// </remarks>
public sealed unsafe partial class EmulatedDriver : ICudaDriver
{
    private const int Context = 1;
    private const int Threads = 1024;
    private const int SharedBytes = 227 * 1024;
    private static readonly nuint MemoryBytes = unchecked((nuint)(1UL << 36));

    private static readonly Lazy<EmulatedDriver> PlainDriver = new(() => new EmulatedDriver(isChecked: false));
    private static readonly Lazy<EmulatedDriver> CheckedDriver = new(() => new EmulatedDriver(isChecked: true));

    private readonly EmulatorLibrary emulator;
    private readonly bool isChecked;
    private readonly ConcurrentDictionary<nint, long> events = new();
    private long lastHandle = Context;

    [ThreadStatic]
    private static string? failure;

    private EmulatedDriver(bool isChecked)
    {
        this.isChecked = isChecked;
        emulator = new EmulatorLibrary(isChecked);
    }

    /// <summary>The fast one. Loaded at first use.</summary>
    /// <exception cref="EmulatorMissingException">The emulator was not built.</exception>
    public static EmulatedDriver Plain => PlainDriver.Value;

    /// <summary>The one that watches every memory access of a kernel, 2 to 20 times slower. Loaded at first use.</summary>
    /// <exception cref="EmulatorMissingException">The emulator was not built.</exception>
    public static EmulatedDriver Checked => CheckedDriver.Value;

    /// <inheritdoc/>
    public string Name => isChecked ? "emulated CUDA, every access checked" : "emulated CUDA";

    /// <inheritdoc/>
    public bool IsEmulated => true;

    /// <summary>True for the emulator that watches every memory access.</summary>
    public bool IsChecked => isChecked;

    /// <summary>Sets an option: "order" in which the threads of a block begin (0 ascending, 1 descending, 2 shuffled by "seed"), "workers", "guard".</summary>
    public void SetOption(string key, long value) => emulator.SetOption(key, value);

    /// <inheritdoc/>
    public string Describe(CudaResult result)
    {
        string text = failure ?? "";
        failure = null;
        return text.Length > 0 ? text.TrimEnd('.') : result.ToString();
    }

    /// <inheritdoc/>
    public CudaResult Init(uint flags) => CudaResult.Success;

    /// <inheritdoc/>
    public CudaResult DriverGetVersion(out int version) => Answer(13000, out version);

    /// <inheritdoc/>
    public CudaResult DeviceGetCount(out int count) => Answer(1, out count);

    /// <inheritdoc/>
    public CudaResult DeviceGet(out int device, int ordinal)
    {
        device = ordinal;
        return ordinal == 0 ? CudaResult.Success : CudaResult.InvalidDevice;
    }

    /// <inheritdoc/>
    public CudaResult DeviceGetName(byte* name, int length, int device)
    {
        Span<byte> buffer = new(name, length);
        buffer.Clear();
        Encoding.UTF8.GetBytes(isChecked ? "Emulated device (checked)" : "Emulated device", buffer);
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult DeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device)
    {
        value = attribute switch
        {
            CudaDeviceAttribute.MaxThreadsPerBlock or CudaDeviceAttribute.MaxThreadsPerMultiprocessor => Threads,
            CudaDeviceAttribute.MaxSharedMemoryPerBlock => 48 * 1024,
            CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin => SharedBytes,
            CudaDeviceAttribute.WarpSize => 32,
            CudaDeviceAttribute.MultiprocessorCount => Environment.ProcessorCount,
            CudaDeviceAttribute.ComputeCapabilityMajor => 9,
            _ => 0,
        };
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult DeviceTotalMem(out nuint bytes, int device) => Answer(MemoryBytes, out bytes);

    /// <inheritdoc/>
    public CudaResult DevicePrimaryCtxRetain(out nint context, int device) => Answer(Context, out context);

    /// <inheritdoc/>
    public CudaResult DevicePrimaryCtxRelease(int device) => CudaResult.Success;

    /// <inheritdoc/>
    public CudaResult CtxSetCurrent(nint context) => CudaResult.Success;

    /// <inheritdoc/>
    public CudaResult CtxSynchronize() => CudaResult.Success;

    /// <inheritdoc/>
    public CudaResult ModuleLoadData(out nint module, ReadOnlySpan<byte> image, out string log)
    {
        string path = Encoding.UTF8.GetString(image).TrimEnd('\0');
        module = emulator.LoadModule(path);
        log = module == 0 ? emulator.LastError : "";
        return module == 0 ? Fail(CudaResult.InvalidImage, $"{path} is no library of kernels") : CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult ModuleUnload(nint module) => emulator.UnloadModule(module) == 0 ? CudaResult.Success : CudaResult.InvalidHandle;

    /// <inheritdoc/>
    public CudaResult ModuleGetFunction(out nint function, nint module, string name)
    {
        function = emulator.FindFunction(module, name);
        return function == 0 ? Fail(CudaResult.NotFound, "there is no kernel of that name") : CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult FuncGetParamInfo(nint function, nuint index, out nuint offset, out nuint size)
    {
        int found = emulator.ParameterSize(function, (int)index);
        offset = 0;
        size = (nuint)Math.Max(found, 0);
        return found >= 0 ? CudaResult.Success : CudaResult.InvalidValue;
    }

    /// <inheritdoc/>
    public CudaResult FuncGetAttribute(out int value, CudaFunctionAttribute attribute, nint function) =>
        Answer(attribute == CudaFunctionAttribute.MaxThreadsPerBlock ? Threads : 0, out value);

    /// <inheritdoc/>
    public CudaResult FuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value) =>
        value <= SharedBytes ? CudaResult.Success : Fail(CudaResult.InvalidValue, $"a block has at most {SharedBytes} bytes of shared memory");

    /// <inheritdoc/>
    public CudaResult EventCreate(out nint @event, uint flags)
    {
        @event = NewHandle();
        events[@event] = 0;
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult EventDestroy(nint @event) => events.TryRemove(@event, out _) ? CudaResult.Success : CudaResult.InvalidHandle;

    /// <inheritdoc/>
    public CudaResult EventRecord(nint @event, nint stream)
    {
        events[@event] = Stopwatch.GetTimestamp();
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult EventQuery(nint @event) => events.ContainsKey(@event) ? CudaResult.Success : CudaResult.InvalidHandle;

    /// <inheritdoc/>
    public CudaResult EventSynchronize(nint @event) => EventQuery(@event);

    /// <inheritdoc/>
    public CudaResult EventElapsedTime(out float milliseconds, nint start, nint end)
    {
        milliseconds = 0;
        if (!events.TryGetValue(start, out long from) || !events.TryGetValue(end, out long to))
        {
            return CudaResult.InvalidHandle;
        }

        milliseconds = (float)Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
        return CudaResult.Success;
    }

    private static CudaResult Answer<T>(T value, out T result)
    {
        result = value;
        return CudaResult.Success;
    }

    private static CudaResult Fail(CudaResult result, string text)
    {
        failure = text;
        return result;
    }

    private nint NewHandle() => (nint)Interlocked.Increment(ref lastHandle);
}
