namespace Native.Kernels.CuDnn;

/// <summary>The type of a tensor's elements (cudnnDataType_t). The numbers are the library's.</summary>
public enum CuDnnDataType
{
    /// <summary>32-bit floating point.</summary>
    Float32 = 0,

    /// <summary>64-bit floating point.</summary>
    Float64 = 1,
}

/// <summary>Which activation (cudnnActivationMode_t). The numbers are the library's.</summary>
public enum CuDnnActivationMode
{
    /// <summary>1/(1 + e⁻ˣ).</summary>
    Sigmoid = 0,

    /// <summary>max(x, 0).</summary>
    Relu = 1,

    /// <summary>tanh x.</summary>
    Tanh = 2,
}

/// <summary>Which pooling (cudnnPoolingMode_t). The numbers are the library's.</summary>
public enum CuDnnPoolingMode
{
    /// <summary>The mean of what lies under the window, padding excluded from sum and count.</summary>
    Average = 2,

    /// <summary>The largest element under the window, by an algorithm that gives the same gradients every time.</summary>
    Max = 3,
}

/// <summary>What convolutions may do to Float32 (cudnnMathType_t). The numbers are the library's.</summary>
public enum CuDnnMathType
{
    /// <summary>Matrix units may be used: on Float32 with operands rounded to TF32.</summary>
    Default = 0,

    /// <summary>Matrix units are wanted.</summary>
    TensorOperation = 1,

    /// <summary>Matrix units are wanted, and operands may be rounded to 16 bits for them.</summary>
    TensorOperationWithConversion = 2,

    /// <summary>Multiply-add units only: Float32 is Float32.</summary>
    MultiplyAdd = 3,
}

/// <summary>How tensors lie in memory (cudnnTensorFormat_t).</summary>
internal enum CuDnnTensorFormat
{
    Nchw = 0,
}

/// <summary>Whether the window is mirrored (cudnnConvolutionMode_t); deep learning's convolution does not mirror.</summary>
internal enum CuDnnConvolutionMode
{
    CrossCorrelation = 1,
}

/// <summary>What becomes of NaN in maxima and rectifiers (cudnnNanPropagation_t).</summary>
internal enum CuDnnNanPropagation
{
    Drop = 0,
    Propagate = 1,
}

/// <summary>How softmax is computed (cudnnSoftmaxAlgorithm_t): with the largest element subtracted first.</summary>
internal enum CuDnnSoftmaxAlgorithm
{
    Accurate = 1,
}

/// <summary>Over what a softmax goes (cudnnSoftmaxMode_t): everything of an image.</summary>
internal enum CuDnnSoftmaxMode
{
    Instance = 0,
}

/// <summary>Over what batch normalization goes (cudnnBatchNormMode_t): batch and positions, each channel for itself.</summary>
internal enum CuDnnBatchNormMode
{
    Spatial = 1,
}

/// <summary>Whether an algorithm gives the same bits every time (cudnnDeterminism_t).</summary>
internal enum CuDnnDeterminism
{
    No = 0,
    Yes = 1,
}

/// <summary>Result codes (cudnnStatus_t) of version 9, the ones that stand for a group. The numbers are the library's.</summary>
public enum CuDnnStatus
{
    /// <summary>Done, or queued.</summary>
    Success = 0,

    /// <summary>The library was not initialized: mostly no device, or no memory left on it.</summary>
    NotInitialized = 1001,

    /// <summary>The libraries that cuDNN consists of are of different versions.</summary>
    SublibraryVersionMismatch = 1002,

    /// <summary>One of the libraries that cuDNN consists of could not be loaded.</summary>
    SublibraryLoadingFailed = 1008,

    /// <summary>An argument is wrong; codes up to 2999 say how.</summary>
    BadParameter = 2000,

    /// <summary>There is nothing for this combination; codes up to 3999 say why.</summary>
    NotSupported = 3000,

    /// <summary>Something inside failed; codes up to 4999 say what.</summary>
    InternalError = 4000,

    /// <summary>Device memory could not be had.</summary>
    DeviceAllocationFailed = 4004,

    /// <summary>A kernel could not be launched or failed; codes up to 5999 say where.</summary>
    ExecutionFailed = 5000,
}
