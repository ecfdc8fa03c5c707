namespace Native.Kernels.CuBlas;

/// <summary>Whether a matrix is used as it is stored (cublasOperation_t). The numbers are the library's.</summary>
public enum CuBlasOperation
{
    /// <summary>As stored.</summary>
    None = 0,

    /// <summary>Transposed.</summary>
    Transpose = 1,
}

/// <summary>The type of a matrix' elements (cudaDataType). The numbers are the library's.</summary>
public enum CudaDataType
{
    /// <summary>32-bit floating point.</summary>
    Float32 = 0,

    /// <summary>64-bit floating point.</summary>
    Float64 = 1,

    /// <summary>16-bit floating point, IEEE 754.</summary>
    Float16 = 2,

    /// <summary>16-bit floating point with the exponent of a 32-bit one.</summary>
    BFloat16 = 14,
}

/// <summary>How products are computed (cublasComputeType_t). The numbers are the library's.</summary>
public enum CuBlasComputeType
{
    /// <summary>At least 32-bit precision throughout.</summary>
    Float32 = 68,

    /// <summary>64-bit precision.</summary>
    Float64 = 70,

    /// <summary>Operands may be rounded to bfloat16 (8 bits of significand) or TF32, sums are 32-bit.</summary>
    Float32FastBFloat16 = 75,

    /// <summary>Operands may be rounded to TF32 (11 bits of significand), sums are 32-bit.</summary>
    Float32FastTensorFloat32 = 77,
}

/// <summary>Which kernel to take (cublasGemmAlgo_t). The numbers are the library's.</summary>
public enum CuBlasAlgorithm
{
    /// <summary>The library chooses by its heuristics. The only choice that means anything since the Ampere devices.</summary>
    Default = -1,
}

/// <summary>What the routines without a compute type may do (cublasMath_t). The numbers are the library's.</summary>
public enum CuBlasMath
{
    /// <summary>No precision is given up: Float32 is Float32.</summary>
    Default = 0,

    /// <summary>TF32 where it is faster.</summary>
    TensorFloat32 = 3,
}

/// <summary>Result codes (cublasStatus_t). The numbers are the library's.</summary>
public enum CuBlasStatus
{
    /// <summary>Done, or queued.</summary>
    Success = 0,

    /// <summary>The library was not initialized: mostly no device, or no memory left on it.</summary>
    NotInitialized = 1,

    /// <summary>The library could not get memory.</summary>
    AllocationFailed = 3,

    /// <summary>An argument is out of range: mostly a leading dimension that is too small.</summary>
    InvalidValue = 7,

    /// <summary>The device is too old for this.</summary>
    ArchitectureMismatch = 8,

    /// <summary>Memory could not be accessed.</summary>
    MappingError = 11,

    /// <summary>A kernel could not be launched.</summary>
    ExecutionFailed = 13,

    /// <summary>An operation inside the library failed.</summary>
    InternalError = 14,

    /// <summary>There is no such combination of types and sizes.</summary>
    NotSupported = 15,

    /// <summary>A licence is missing.</summary>
    LicenseError = 16,
}
