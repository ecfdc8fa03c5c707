namespace Native.Kernels.Driver;

/// <summary>A CUDA call failed. The message has the call, its arguments, the driver's own text and what to do.</summary>
public sealed class CudaException : Exception
{
    /// <summary>The failure of a call.</summary>
    /// <param name="driver">Who was called.</param>
    /// <param name="result">What came back.</param>
    /// <param name="call">The function: "cuMemAlloc".</param>
    /// <param name="arguments">Its arguments, in words.</param>
    public CudaException(ICudaDriver driver, CudaResult result, string call, string arguments)
        : this(result, call, arguments, driver.Describe(result), driver.IsEmulated)
    {
    }

    private CudaException(CudaResult result, string call, string arguments, string reason, bool emulated)
        : base($"{call}({arguments}) failed: {reason}. {Advice(result, emulated)}")
    {
        Result = result;
        Call = call;
        Reason = reason;
    }

    /// <summary>What came back.</summary>
    public CudaResult Result { get; }

    /// <summary>The function that was called.</summary>
    public string Call { get; }

    /// <summary>The driver's own text; of the emulator, what the kernel did and where.</summary>
    public string Reason { get; }

    /// <summary>True when the context is lost: every later call fails too, and only a new process gets a working device.</summary>
    public bool IsDeviceLost => IsLost(Result);

    /// <summary>True for results after which the driver answers every call with the same failure.</summary>
    public static bool IsLost(CudaResult result) => result is CudaResult.IllegalAddress or CudaResult.LaunchTimeout
        or CudaResult.Assert or CudaResult.MisalignedAddress or CudaResult.LaunchFailed or CudaResult.EccUncorrectable;

    private static string Advice(CudaResult result, bool emulated) => result switch
    {
        CudaResult.OutOfMemory => "Use a smaller batch, or close what else uses the device; `engine doctor` shows its memory.",
        CudaResult.NoDevice or CudaResult.InvalidDevice => "`engine doctor` lists the devices there are; --device cpu needs none.",
        CudaResult.UnsupportedPtxVersion or CudaResult.SystemDriverMismatch or CudaResult.StubLibrary =>
            "Update the NVIDIA driver; `engine doctor` shows which is there and which is needed.",
        CudaResult.NoBinaryForGpu or CudaResult.InvalidPtx or CudaResult.InvalidImage => "Build again, so that the kernels fit this device; see `engine doctor`.",
        _ when IsLost(result) && emulated => "The kernel has to be mended.",
        _ when IsLost(result) => "The device's context is lost: start again. The emulator (--device checked) finds the line at fault, `engine doctor` tells whether the device answers again.",
        _ => "See `engine doctor`.",
    };
}
