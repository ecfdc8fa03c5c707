using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

/// <summary>Softmax of each row of a matrix: yⱼ = e^(xⱼ − max x) / Σₖ e^(xₖ − max x).</summary>
public sealed unsafe class CuDnnSoftmax : IDisposable
{
    private readonly CuDnnHandle handle;
    private readonly CuDnnDataType type;
    private readonly TensorShape shape;
    private readonly TensorDescriptor tensor;

    /// <summary>Prepares a softmax.</summary>
    /// <param name="handle">The library.</param>
    /// <param name="type">The elements' type.</param>
    /// <param name="rows">How many, at least 1.</param>
    /// <param name="columns">Elements of a row, at least 1.</param>
    public CuDnnSoftmax(CuDnnHandle handle, CuDnnDataType type, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(handle);
        this.handle = handle;
        this.type = type;
        shape = new TensorShape(rows, columns, 1, 1);
        tensor = new TensorDescriptor(type, shape);
    }

    /// <summary>y = softmax(x).</summary>
    /// <param name="x">Device address of the input.</param>
    /// <param name="y">Device address of the output; may be the input's.</param>
    public void Forward(nint x, nint y)
    {
        handle.Context.MakeCurrent();
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnStatus status = cudnnSoftmaxForward(
            handle, CuDnnSoftmaxAlgorithm.Accurate, CuDnnSoftmaxMode.Instance, &one, tensor, x, &zero, tensor, y);
        CuDnnCheck.Check(status, "cudnnSoftmaxForward", shape);
    }

    /// <summary>dxⱼ = yⱼ·(gⱼ − Σₖ gₖ·yₖ).</summary>
    /// <param name="y">Device address of the forward pass's output.</param>
    /// <param name="g">Device address of ∂L/∂y.</param>
    /// <param name="dx">Device address of the input's gradient; may be g's.</param>
    public void Backward(nint y, nint g, nint dx)
    {
        handle.Context.MakeCurrent();
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnStatus status = cudnnSoftmaxBackward(
            handle, CuDnnSoftmaxAlgorithm.Accurate, CuDnnSoftmaxMode.Instance, &one, tensor, y, tensor, g, &zero, tensor, dx);
        CuDnnCheck.Check(status, "cudnnSoftmaxBackward", shape);
    }

    /// <summary>Gives the descriptor back.</summary>
    public void Dispose() => tensor.Dispose();
}
