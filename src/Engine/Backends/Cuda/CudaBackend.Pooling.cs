using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    /// <remarks>NaN counts as the largest.</remarks>
    public override void MaxPoolingForward(Tensor x, in Window window, Tensor y, Tensor argMax)
    {
        PoolingShape shape = new(x, window);
        Require.IsA(x.DType, shape.Output, y, x);
        Require.IsA(DType.Int32, shape.Output, argMax, x);
        Require.Float32(x);
        PoolingWindow sizes = new(shape);
        LaunchLinear(
            "pooling", "max_pooling_forward", x.DType, y.ElementCount,
            At(x), At(y), At(argMax), y.ElementCount, KernelArgument.Structure(&sizes));
    }

    /// <inheritdoc/>
    public override void MaxPoolingBackward(Tensor g, Tensor argMax, in Window window, Tensor dx)
    {
        PoolingShape shape = new(dx, window);
        Require.IsA(dx.DType, shape.Output, g, dx);
        Require.IsA(DType.Int32, shape.Output, argMax, dx);
        Require.Float32(g);
        PoolingWindow sizes = new(shape);
        LaunchLinear(
            "pooling", "max_pooling_backward", g.DType, dx.ElementCount,
            At(g), At(argMax), At(dx), dx.ElementCount, KernelArgument.Structure(&sizes));
    }

    /// <inheritdoc/>
    public override void AveragePoolingForward(Tensor x, in Window window, Tensor y)
    {
        PoolingShape shape = new(x, window);
        Require.IsA(x.DType, shape.Output, y, x);
        Require.Float32(x);
        PoolingWindow sizes = new(shape);
        LaunchLinear(
            "pooling", "average_pooling_forward", x.DType, y.ElementCount,
            At(x), At(y), y.ElementCount, KernelArgument.Structure(&sizes));
    }

    /// <inheritdoc/>
    public override void AveragePoolingBackward(Tensor g, in Window window, Tensor dx, Activation? before = null, Tensor? x = null)
    {
        PoolingShape shape = new(dx, window);
        Require.IsA(dx.DType, shape.Output, g, dx);
        Require.CameOf(before, x, dx);
        Require.Float32(g);
        PoolingWindow sizes = new(shape);
        LaunchLinear(
            "pooling", "average_pooling_backward", g.DType, dx.ElementCount,
            At(g), At(dx), dx.ElementCount, KernelArgument.Structure(&sizes));
        if (before is { } e)
        {
            ActivationBackward(e, x!, dx, dx);
        }
    }
}
