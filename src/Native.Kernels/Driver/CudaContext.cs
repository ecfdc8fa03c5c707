using System.Text;

namespace Native.Kernels.Driver;

/// <summary>A device made ready for work: its memory, modules and streams belong to a context.</summary>
/// <remarks>
/// This is the device's primary context, which cuBLAS and cuDNN use too. A context is current for a thread at a time;
/// every call here makes it so first. (NVIDIA, "CUDA C++ Programming Guide", driver API, context.)
/// </remarks>
public sealed unsafe class CudaContext : IDisposable
{
    [ThreadStatic]
    private static CudaContext? current;

    private readonly nint handle;
    private readonly int device;
    private bool disposed;

    /// <summary>The context of a device.</summary>
    /// <param name="driver">The driver, or the emulator.</param>
    /// <param name="ordinal">Which of its devices, from 0.</param>
    /// <exception cref="CudaException">There is no such device, or it cannot be used.</exception>
    public CudaContext(ICudaDriver driver, int ordinal = 0)
    {
        ArgumentNullException.ThrowIfNull(driver);
        Driver = driver;
        Ordinal = ordinal;
        driver.Check(driver.Init(0), "cuInit", $"0");
        driver.Check(driver.DeviceGetCount(out int count), "cuDeviceGetCount");
        driver.Check(
            ordinal >= 0 && ordinal < count ? CudaResult.Success : count == 0 ? CudaResult.NoDevice : CudaResult.InvalidDevice,
            "cuDeviceGet",
            $"device {ordinal} of {count}");
        driver.Check(driver.DeviceGet(out device, ordinal), "cuDeviceGet", $"device {ordinal}");
        driver.Check(driver.DevicePrimaryCtxRetain(out handle, device), "cuDevicePrimaryCtxRetain", $"device {ordinal}");
        Ledger.Take("context", handle, $"device {ordinal}");
        MakeCurrent();
        Name = ReadName();
    }

    /// <summary>The driver, or the emulator.</summary>
    public ICudaDriver Driver { get; }

    /// <summary>Which device, from 0.</summary>
    public int Ordinal { get; }

    /// <summary>What the device calls itself.</summary>
    public string Name { get; }

    /// <summary>Compute capability: (9, 0) for Hopper.</summary>
    public (int Major, int Minor) ComputeCapability =>
        (Attribute(CudaDeviceAttribute.ComputeCapabilityMajor), Attribute(CudaDeviceAttribute.ComputeCapabilityMinor));

    /// <summary>What was taken from the driver and not given back.</summary>
    public AllocationLedger Ledger { get; } = new();

    /// <summary>True once a call has shown that the context is lost.</summary>
    public bool IsLost { get; internal set; }

    /// <summary>Free and total memory of the device, in bytes.</summary>
    public (long Free, long Total) Memory
    {
        get
        {
            MakeCurrent();
            Driver.Check(Driver.MemGetInfo(out nuint free, out nuint total), "cuMemGetInfo");
            return ((long)free, (long)total);
        }
    }

    /// <summary>A property of the device.</summary>
    public int Attribute(CudaDeviceAttribute attribute)
    {
        Driver.Check(Driver.DeviceGetAttribute(out int value, attribute, device), "cuDeviceGetAttribute", $"{attribute}, device {Ordinal}");
        return value;
    }

    /// <summary>Makes this the context of the calling thread.</summary>
    /// <exception cref="ObjectDisposedException">The context was disposed.</exception>
    public void MakeCurrent()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (current != this)
        {
            Driver.Check(Driver.CtxSetCurrent(handle), "cuCtxSetCurrent", $"device {Ordinal}");
            current = this;
        }
    }

    /// <summary>Waits until the device has done everything it was given.</summary>
    /// <exception cref="CudaException">Something of that failed; a kernel's mistake comes to light here.</exception>
    public void Synchronize()
    {
        MakeCurrent();
        Check(Driver.CtxSynchronize(), "cuCtxSynchronize");
    }

    /// <summary>Device memory for <paramref name="count"/> elements, its contents undefined.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="label">Names it in the emulator's messages.</param>
    public CudaDeviceVariable<T> Allocate<T>(long count, string label = "memory")
        where T : unmanaged => new(this, count, label);

    /// <summary>Device memory that holds a copy of the values.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="label">Names it in the emulator's messages.</param>
    public CudaDeviceVariable<T> Allocate<T>(ReadOnlySpan<T> values, string label = "memory")
        where T : unmanaged
    {
        CudaDeviceVariable<T> variable = new(this, values.Length, label);
        variable.CopyFrom(values);
        return variable;
    }

    /// <summary>Loads a module: PTX text or a cubin; for the emulator the path of a shared library.</summary>
    /// <param name="image">The module.</param>
    /// <param name="label">What to call it in messages.</param>
    public CudaModule LoadModule(ReadOnlySpan<byte> image, string label) => new(this, image, label);

    /// <summary>A new stream.</summary>
    public CudaStream CreateStream() => new(this);

    /// <summary>A new event.</summary>
    /// <param name="timing">Whether it can tell the time.</param>
    public CudaEvent CreateEvent(bool timing = true) => new(this, timing);

    /// <summary>Gives the device back. What was made in the context must not be used any more.</summary>
    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            current = current == this ? null : current;
            Ledger.GiveBack("context", handle);
            _ = Driver.DevicePrimaryCtxRelease(device);
        }
    }

    /// <summary>Device, driver and capability: "NVIDIA H200 (device 0, NVIDIA driver)".</summary>
    public override string ToString() => $"{Name} (device {Ordinal}, {Driver.Name})";

    internal void Check(CudaResult result, string call)
    {
        IsLost |= CudaException.IsLost(result) && !Driver.IsEmulated;
        Driver.Check(result, call);
    }

    internal bool TryMakeCurrent()
    {
        if (disposed)
        {
            return false;
        }

        if (current != this)
        {
            current = Driver.CtxSetCurrent(handle) == CudaResult.Success ? this : null;
        }

        return current == this;
    }

    private string ReadName()
    {
        const int Length = 256;
        byte* name = stackalloc byte[Length];
        Driver.Check(Driver.DeviceGetName(name, Length, device), "cuDeviceGetName", $"device {Ordinal}");
        int end = new ReadOnlySpan<byte>(name, Length).IndexOf((byte)0);
        return Encoding.UTF8.GetString(name, end < 0 ? Length : end);
    }
}
