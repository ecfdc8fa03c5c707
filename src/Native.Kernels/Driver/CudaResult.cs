namespace Native.Kernels.Driver;

/// <summary>The driver's result codes (CUresult), as many as this project tells apart. The numbers are the driver's.</summary>
public enum CudaResult
{
    /// <summary>Done, or queued.</summary>
    Success = 0,

    /// <summary>An argument is out of range.</summary>
    InvalidValue = 1,

    /// <summary>The device has not that much memory free.</summary>
    OutOfMemory = 2,

    /// <summary>cuInit was not called.</summary>
    NotInitialized = 3,

    /// <summary>The driver is shutting down.</summary>
    Deinitialized = 4,

    /// <summary>The library is a stub, no driver.</summary>
    StubLibrary = 34,

    /// <summary>There is no CUDA device.</summary>
    NoDevice = 100,

    /// <summary>There is no device of that number.</summary>
    InvalidDevice = 101,

    /// <summary>The module is no PTX or cubin.</summary>
    InvalidImage = 200,

    /// <summary>The handle is of no context, or the context is gone.</summary>
    InvalidContext = 201,

    /// <summary>The cubin is for another architecture.</summary>
    NoBinaryForGpu = 209,

    /// <summary>An uncorrectable memory error on the device.</summary>
    EccUncorrectable = 214,

    /// <summary>The PTX does not compile.</summary>
    InvalidPtx = 218,

    /// <summary>The PTX is of a newer version than the driver understands.</summary>
    UnsupportedPtxVersion = 222,

    /// <summary>The file is not there.</summary>
    FileNotFound = 301,

    /// <summary>A system call failed.</summary>
    OperatingSystem = 304,

    /// <summary>The handle is of nothing alive.</summary>
    InvalidHandle = 400,

    /// <summary>Nothing of that name.</summary>
    NotFound = 500,

    /// <summary>Work before it is still under way.</summary>
    NotReady = 600,

    /// <summary>A kernel read or wrote memory that is not its own. The context is lost.</summary>
    IllegalAddress = 700,

    /// <summary>The launch asks for more than the device has: registers, shared memory, threads.</summary>
    LaunchOutOfResources = 701,

    /// <summary>A kernel ran too long. The context is lost.</summary>
    LaunchTimeout = 702,

    /// <summary>A kernel stopped at a failed assertion. The context is lost.</summary>
    Assert = 710,

    /// <summary>A kernel read or wrote an address that is no multiple of the size read. The context is lost.</summary>
    MisalignedAddress = 716,

    /// <summary>A kernel failed for a reason the driver cannot tell. The context is lost.</summary>
    LaunchFailed = 719,

    /// <summary>The call is not permitted here.</summary>
    NotPermitted = 800,

    /// <summary>This driver or device has no such thing.</summary>
    NotSupported = 801,

    /// <summary>The driver is older than the toolkit asks for.</summary>
    SystemDriverMismatch = 803,

    /// <summary>The call may not be captured.</summary>
    StreamCaptureUnsupported = 900,

    /// <summary>Something forbidden happened during a capture, which is void.</summary>
    StreamCaptureInvalidated = 901,

    /// <summary>The changed arguments cannot be put into the graph.</summary>
    GraphExecUpdateFailure = 910,

    /// <summary>The driver does not know either.</summary>
    Unknown = 999,
}
