using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Engine.Tensors;
using Native.Kernels;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;

namespace Engine.Backends.Cuda;

/// <summary>A CUDA device in use, real or emulated: its context, the stream that all work goes to, its memory and its kernels.</summary>
internal sealed class CudaDevice
{
    private static readonly ConcurrentDictionary<Device, Lazy<CudaDevice>> Devices = new();

    private readonly ConcurrentDictionary<(string Kernel, DType Type), CudaKernel> kernels = new();
    private readonly KernelLibrary library;

    /// <summary>Makes a device ready.</summary>
    /// <param name="identity">What tensors call it.</param>
    /// <param name="driver">Who runs it.</param>
    public CudaDevice(Device identity, ICudaDriver driver)
    {
        Identity = identity;
        Context = new CudaContext(driver, identity.Kind == DeviceKind.Cuda ? identity.Index : 0);
        Stream = Context.CreateStream();
        Memory = new CudaMemory(this);
        Recorder = new StepRecorder(this);
        library = new KernelLibrary(Context);
    }

    /// <summary>What tensors call it.</summary>
    public Device Identity { get; }

    /// <summary>The driver's context.</summary>
    public CudaContext Context { get; }

    /// <summary>Where all work is queued: one stream, so that everything happens in the order of the program.</summary>
    public CudaStream Stream { get; }

    /// <summary>Its memory.</summary>
    public CudaMemory Memory { get; }

    /// <summary>What stands between the operations and the stream.</summary>
    public StepRecorder Recorder { get; }

    /// <summary>A device by its name, made ready at first use.</summary>
    public static CudaDevice Of(Device device) => Devices.GetOrAdd(device, d => new(() => new CudaDevice(d, DriverOf(d)))).Value;

    /// <summary>A kernel of the engine for elements of a type.</summary>
    public CudaKernel Kernel(string family, string name, DType dtype) => kernels.TryGetValue((name, dtype), out CudaKernel? kernel)
        ? kernel
        : Load(family, name, dtype);

    // Rooms below know this one only by what it registers.
#pragma warning disable CA2255 // This is the application's engine; tensors must find their memory before any back end is touched.
    [ModuleInitializer]
    internal static void Register()
#pragma warning restore CA2255
    {
        DeviceMemory.Register(DeviceKind.Cuda, device => Of(device).Memory);
        DeviceMemory.Register(DeviceKind.Emulated, device => Of(device).Memory);
    }

    private static ICudaDriver DriverOf(Device device) => device.Kind == DeviceKind.Cuda ? NvidiaDriver.Load()
        : device == Device.Checked ? EmulatedDriver.Checked
        : device == Device.Emulated ? EmulatedDriver.Plain
        : throw new NotSupportedException($"There is no device '{device}' here. Use '{Device.Emulated}'.");

    // Apart from the search above, whose every call would otherwise make an object for the function below.
    private CudaKernel Load(string family, string name, DType dtype) =>
        kernels.GetOrAdd((name, dtype), key => library.Get(family, $"{key.Kernel}_{Suffix(key.Type)}"));

    private static string Suffix(DType dtype) => dtype switch
    {
        DType.Float32 => "f32",
        DType.Float64 => "f64",
        _ => "i32",
    };
}
