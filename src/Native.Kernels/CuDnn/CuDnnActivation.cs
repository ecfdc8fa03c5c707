using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

/// <summary>An activation of so many elements.</summary>
public sealed unsafe class CuDnnActivation : IDisposable
{
    private readonly CuDnnHandle handle;
    private readonly CuDnnDataType type;
    private readonly TensorDescriptor tensor;
    private readonly ActivationDescriptor activation;
    private readonly int count;

    /// <summary>Prepares an activation.</summary>
    /// <param name="handle">The library.</param>
    /// <param name="type">The elements' type.</param>
    /// <param name="mode">Which.</param>
    /// <param name="count">How many elements, at least 1.</param>
    public CuDnnActivation(CuDnnHandle handle, CuDnnDataType type, CuDnnActivationMode mode, int count)
    {
        ArgumentNullException.ThrowIfNull(handle);
        this.handle = handle;
        this.type = type;
        this.count = count;
        tensor = new TensorDescriptor(type, new TensorShape(1, 1, 1, count));
        activation = new ActivationDescriptor(mode);
    }

    /// <summary>y = f(x).</summary>
    /// <param name="x">Device address of the input.</param>
    /// <param name="y">Device address of the output; may be the input's.</param>
    public void Forward(nint x, nint y)
    {
        handle.Context.MakeCurrent();
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnCheck.Check(cudnnActivationForward(handle, activation, &one, tensor, x, &zero, tensor, y), "cudnnActivationForward", count);
    }

    /// <summary>dx = f′(x)·g.</summary>
    /// <param name="x">Device address of the input of the forward pass.</param>
    /// <param name="y">Device address of its output.</param>
    /// <param name="g">Device address of ∂L/∂y.</param>
    /// <param name="dx">Device address of the input's gradient; may be g's.</param>
    public void Backward(nint x, nint y, nint g, nint dx)
    {
        handle.Context.MakeCurrent();
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnStatus status = cudnnActivationBackward(handle, activation, &one, tensor, y, tensor, g, tensor, x, &zero, tensor, dx);
        CuDnnCheck.Check(status, "cudnnActivationBackward", count);
    }

    /// <summary>Gives the descriptors back.</summary>
    public void Dispose()
    {
        activation.Dispose();
        tensor.Dispose();
    }
}
