using System.Runtime.InteropServices;
using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

/// <summary>A description of a tensor or an operation that the library keeps in main memory.</summary>
public abstract class CuDnnDescriptor : SafeHandle
{
    private protected CuDnnDescriptor()
        : base(0, ownsHandle: true)
    {
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Keeps a descriptor that was just made, or says why it was not.</summary>
    private protected void Keep(CuDnnStatus status, nint value, string call)
    {
        CuDnnCheck.Check(status, call, "");
        SetHandle(value);
    }
}

/// <summary>Type and sizes of an N×C×H×W tensor that lies row-major and without gaps.</summary>
public sealed class TensorDescriptor : CuDnnDescriptor
{
    /// <summary>Describes a tensor.</summary>
    public TensorDescriptor(CuDnnDataType type, in TensorShape shape)
    {
        Keep(cudnnCreateTensorDescriptor(out nint value), value, "cudnnCreateTensorDescriptor");
        CuDnnCheck.Check(
            cudnnSetTensor4dDescriptor(this, CuDnnTensorFormat.Nchw, type, shape.N, shape.C, shape.H, shape.W), "cudnnSetTensor4dDescriptor", shape);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => cudnnDestroyTensorDescriptor(handle) == CuDnnStatus.Success;
}

/// <summary>Type and sizes of a convolution's weights: K×(C/groups)×R×S.</summary>
public sealed class FilterDescriptor : CuDnnDescriptor
{
    /// <summary>Describes weights.</summary>
    public FilterDescriptor(CuDnnDataType type, in TensorShape shape)
    {
        Keep(cudnnCreateFilterDescriptor(out nint value), value, "cudnnCreateFilterDescriptor");
        CuDnnCheck.Check(
            cudnnSetFilter4dDescriptor(this, type, CuDnnTensorFormat.Nchw, shape.N, shape.C, shape.H, shape.W), "cudnnSetFilter4dDescriptor", shape);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => cudnnDestroyFilterDescriptor(handle) == CuDnnStatus.Success;
}

/// <summary>Geometry, groups and precision of a convolution.</summary>
public sealed class ConvolutionDescriptor : CuDnnDescriptor
{
    /// <summary>Describes a convolution.</summary>
    public ConvolutionDescriptor(CuDnnDataType type, in ConvolutionShape shape, CuDnnMathType math)
    {
        Keep(cudnnCreateConvolutionDescriptor(out nint value), value, "cudnnCreateConvolutionDescriptor");
        CuDnnStatus status = cudnnSetConvolution2dDescriptor(
            this,
            shape.PadTop,
            shape.PadLeft,
            shape.StrideY,
            shape.StrideX,
            shape.DilationY,
            shape.DilationX,
            CuDnnConvolutionMode.CrossCorrelation,
            type);
        CuDnnCheck.Check(status, "cudnnSetConvolution2dDescriptor", shape);
        CuDnnCheck.Check(cudnnSetConvolutionGroupCount(this, shape.Groups), "cudnnSetConvolutionGroupCount", shape);
        SetMath(math);
    }

    /// <summary>With which precision the convolutions to come are computed.</summary>
    public void SetMath(CuDnnMathType math) => CuDnnCheck.Check(cudnnSetConvolutionMathType(this, math), "cudnnSetConvolutionMathType", math);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => cudnnDestroyConvolutionDescriptor(handle) == CuDnnStatus.Success;
}

/// <summary>Kind and geometry of a pooling. NaN is not lost in a maximum.</summary>
public sealed class PoolingDescriptor : CuDnnDescriptor
{
    /// <summary>Describes a pooling.</summary>
    public PoolingDescriptor(CuDnnPoolingMode mode, in PoolingShape shape)
    {
        Keep(cudnnCreatePoolingDescriptor(out nint value), value, "cudnnCreatePoolingDescriptor");
        CuDnnStatus status = cudnnSetPooling2dDescriptor(
            this,
            mode,
            CuDnnNanPropagation.Propagate,
            shape.KernelY,
            shape.KernelX,
            shape.PadTop,
            shape.PadLeft,
            shape.StrideY,
            shape.StrideX);
        CuDnnCheck.Check(status, "cudnnSetPooling2dDescriptor", shape);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => cudnnDestroyPoolingDescriptor(handle) == CuDnnStatus.Success;
}

/// <summary>An activation. NaN is not lost in a rectifier.</summary>
public sealed class ActivationDescriptor : CuDnnDescriptor
{
    /// <summary>Describes an activation.</summary>
    public ActivationDescriptor(CuDnnActivationMode mode)
    {
        Keep(cudnnCreateActivationDescriptor(out nint value), value, "cudnnCreateActivationDescriptor");
        CuDnnCheck.Check(cudnnSetActivationDescriptor(this, mode, CuDnnNanPropagation.Propagate, 0), "cudnnSetActivationDescriptor", mode);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => cudnnDestroyActivationDescriptor(handle) == CuDnnStatus.Success;
}
