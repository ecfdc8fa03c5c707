using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

/// <summary>Maximum or average pooling of one shape.</summary>
/// <remarks>
/// The library keeps no positions of maxima: its backward pass finds them again from x and y. Which of several equal
/// elements gets the gradient is the library's affair, though the same each time; a back end that promises the first in row
/// order takes its own kernel where there are equals.
/// </remarks>
public sealed unsafe class CuDnnPooling : IDisposable
{
    private readonly CuDnnHandle handle;
    private readonly CuDnnDataType type;
    private readonly TensorDescriptor x, y;
    private readonly PoolingDescriptor pooling;

    /// <summary>Prepares a pooling.</summary>
    /// <param name="handle">The library.</param>
    /// <param name="type">The type of its tensors.</param>
    /// <param name="mode">Maximum or average.</param>
    /// <param name="shape">Its sizes; <see cref="Supports"/> tells whether the library has it.</param>
    /// <exception cref="ArgumentException">The library has no such pooling.</exception>
    public CuDnnPooling(CuDnnHandle handle, CuDnnDataType type, CuDnnPoolingMode mode, in PoolingShape shape)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (!Supports(shape))
        {
            throw new ArgumentException($"cuDNN has no pooling {shape}: padding must be alike on both sides and smaller than the window, sizes be positive.");
        }

        this.handle = handle;
        this.type = type;
        Shape = shape;
        x = new TensorDescriptor(type, shape.Input);
        y = new TensorDescriptor(type, shape.Output);
        pooling = new PoolingDescriptor(mode, shape);
    }

    /// <summary>Its sizes.</summary>
    public PoolingShape Shape { get; }

    /// <summary>Whether the library has a pooling: padding the same on both sides and smaller than the window, no empty tensor.</summary>
    public static bool Supports(in PoolingShape shape) =>
        shape is { N: > 0, C: > 0, KernelY: > 0, KernelX: > 0, StrideY: > 0, StrideX: > 0, PadTop: >= 0, PadLeft: >= 0 }
        && shape is { OutputH: > 0, OutputW: > 0 }
        && shape.PadTop < shape.KernelY
        && shape.PadLeft < shape.KernelX
        && shape.HasSymmetricPadding;

    /// <summary>y = pooling(x).</summary>
    /// <param name="x">Device address of the input.</param>
    /// <param name="y">Device address of the output; overwritten.</param>
    public void Forward(nint x, nint y)
    {
        handle.Context.MakeCurrent();
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnCheck.Check(cudnnPoolingForward(handle, pooling, &one, this.x, x, &zero, this.y, y), "cudnnPoolingForward", Shape);
    }

    /// <summary>dx = ∂L/∂x, for ∂L/∂y = g.</summary>
    /// <param name="x">Device address of the input of the forward pass.</param>
    /// <param name="y">Device address of its output.</param>
    /// <param name="g">Device address of ∂L/∂y.</param>
    /// <param name="dx">Device address of the input's gradient; overwritten.</param>
    public void Backward(nint x, nint y, nint g, nint dx)
    {
        handle.Context.MakeCurrent();
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnStatus status = cudnnPoolingBackward(handle, pooling, &one, this.y, y, this.y, g, this.x, x, &zero, this.x, dx);
        CuDnnCheck.Check(status, "cudnnPoolingBackward", Shape);
    }

    /// <summary>Gives the descriptors back.</summary>
    public void Dispose()
    {
        pooling.Dispose();
        y.Dispose();
        x.Dispose();
    }
}
