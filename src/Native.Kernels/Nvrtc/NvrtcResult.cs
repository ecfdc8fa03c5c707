namespace Native.Kernels.Nvrtc;

/// <summary>Result codes (nvrtcResult). The numbers are the library's.</summary>
public enum NvrtcResult
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>No main memory left.</summary>
    OutOfMemory = 1,

    /// <summary>The program could not be made.</summary>
    ProgramCreationFailure = 2,

    /// <summary>An argument is out of range.</summary>
    InvalidInput = 3,

    /// <summary>There is no such program.</summary>
    InvalidProgram = 4,

    /// <summary>An option is unknown, or not for this version.</summary>
    InvalidOption = 5,

    /// <summary>The source has mistakes; the log tells which.</summary>
    Compilation = 6,

    /// <summary>The library's built-in declarations could not be loaded.</summary>
    BuiltinOperationFailure = 7,

    /// <summary>Something inside failed.</summary>
    InternalError = 11,
}
