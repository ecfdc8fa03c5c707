namespace Native.Kernels.Driver;

/// <summary>What can be asked of a device (CUdevice_attribute). The numbers are the driver's.</summary>
public enum CudaDeviceAttribute
{
    /// <summary>The most threads in a block.</summary>
    MaxThreadsPerBlock = 1,

    /// <summary>The most shared memory of a block, in bytes, without asking for more.</summary>
    MaxSharedMemoryPerBlock = 8,

    /// <summary>Threads of a warp.</summary>
    WarpSize = 10,

    /// <summary>Clock of the cores, in kHz.</summary>
    ClockRate = 13,

    /// <summary>Multiprocessors.</summary>
    MultiprocessorCount = 16,

    /// <summary>Clock of the memory, in kHz.</summary>
    MemoryClockRate = 36,

    /// <summary>Width of the memory bus, in bits.</summary>
    GlobalMemoryBusWidth = 37,

    /// <summary>Size of the level-two cache, in bytes.</summary>
    L2CacheSize = 38,

    /// <summary>The most threads on a multiprocessor at a time.</summary>
    MaxThreadsPerMultiprocessor = 39,

    /// <summary>Compute capability before the point: 9 of 9.0.</summary>
    ComputeCapabilityMajor = 75,

    /// <summary>Compute capability after the point: 0 of 9.0.</summary>
    ComputeCapabilityMinor = 76,

    /// <summary>The most shared memory of a block, in bytes, for a kernel that asks.</summary>
    MaxSharedMemoryPerBlockOptin = 97,
}

/// <summary>What can be asked of a kernel, or asked for (CUfunction_attribute). The numbers are the driver's.</summary>
public enum CudaFunctionAttribute
{
    /// <summary>The most threads of a block with which it can be launched.</summary>
    MaxThreadsPerBlock = 0,

    /// <summary>Static shared memory, in bytes.</summary>
    SharedSizeBytes = 1,

    /// <summary>Registers of a thread.</summary>
    NumRegs = 4,

    /// <summary>The most dynamic shared memory it may be launched with, in bytes.</summary>
    MaxDynamicSharedSizeBytes = 8,
}

/// <summary>Which calls a capture forbids while it lasts (CUstreamCaptureMode). The numbers are the driver's.</summary>
public enum CudaCaptureMode
{
    /// <summary>Calls that might wait are forbidden to all threads.</summary>
    Global = 0,

    /// <summary>Calls that might wait are forbidden to the capturing thread.</summary>
    ThreadLocal = 1,

    /// <summary>Nothing is forbidden that does not touch the stream.</summary>
    Relaxed = 2,
}
