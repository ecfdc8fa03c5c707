using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

// Which kernel for which sizes; one launch each, bias and activation included, and a second one where the gradient of the
// weights, a sum over all places of all images, is split. A window as large as the image makes a matrix product of it.
public sealed unsafe partial class CudaBackend
{
    // What a thread of the direct kernels computes at once: outputs forward, channels on the way back.
    private const int OutputsTogether = 8;
    private const int ChannelsTogether = 4;
    private const int SharedBytes = 48 * 1024;

    /// <inheritdoc/>
    public override void ConvolutionForward(
        Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y, Activation? activation = null)
    {
        Require.Convolution(x, w, bias, window, groups, y);
        if (ConvolutionLibrary?.TryForward(x, w, window, groups, y) == true)
        {
            AddBiasAndActivate(bias, y, activation);
            return;
        }

        ConvolutionGeometry g = new(x.Shape, w.Shape, window, groups);
        if (g.IsWholeImage)
        {
            // y (N×K) = x (N×CHW) · wᵀ (CHW×K)
            Multiply(new(y.DType, 1, g.Images, g.Outputs, g.Depth, false, true, true, AddressOf(x), AddressOf(w), AddressOf(y)), AddressOf(bias), false, activation);
        }
        else if (g.Outputs <= OutputsTogether && OutputsTogether * g.Depth * y.DType.Size() <= SharedBytes)
        {
            ForwardDirectly(g, x, w, bias, y, activation);
        }
        else
        {
            ForwardByTiles(ProductPlan.For(g.Outputs, g.Images * g.Places, g.Depth, g.Groups, maySplit: false).Tile, g, x, w, bias, y, activation);
        }
    }

    /// <inheritdoc/>
    public override void ConvolutionBackwardData(Tensor w, Tensor g, in Window window, int groups, Tensor dx)
    {
        Require.Convolution(dx, w, null, window, groups, g);
        if (ConvolutionLibrary?.TryBackwardData(w, g, window, groups, dx) == true)
        {
            return;
        }

        ConvolutionGeometry geometry = new(dx.Shape, w.Shape, window, groups);
        if (geometry.IsWholeImage)
        {
            // dx (N×CHW) = g (N×K) · w (K×CHW)
            Multiply(new(dx.DType, 1, geometry.Images, geometry.Depth, geometry.Outputs, false, false, true, AddressOf(g), AddressOf(w), AddressOf(dx)), 0, false, null);
        }
        else if (geometry.Mirror == 1 || geometry.Channels <= ChannelsTogether)
        {
            BackwardDataDirectly(geometry, w, g, dx);
        }
        else
        {
            int depth = geometry.Outputs * geometry.WindowY * geometry.WindowX;
            BackwardDataByTiles(
                ProductPlan.For(geometry.Channels, geometry.Images * geometry.Plane, depth, groups, maySplit: false).Tile, geometry, w, g, dx);
        }
    }

    /// <inheritdoc/>
    public override void ConvolutionBackwardWeights(
        Tensor x, Tensor g, in Window window, int groups, Tensor dw, bool accumulate = false, Tensor? db = null)
    {
        Require.Convolution(x, dw, db, window, groups, g);
        if (db is not null)
        {
            AccumulateBiasGradient(g, db);
        }

        if (ConvolutionLibrary?.TryBackwardWeights(x, g, window, groups, dw, accumulate) == true)
        {
            return;
        }

        ConvolutionGeometry geometry = new(x.Shape, dw.Shape, window, groups);
        if (geometry.IsWholeImage)
        {
            // dw (K×CHW) = gᵀ (K×N) · x (N×CHW)
            Multiply(new(dw.DType, 1, geometry.Outputs, geometry.Depth, geometry.Images, true, false, true, AddressOf(g), AddressOf(x), AddressOf(dw)), 0, accumulate, null);
        }
        else
        {
            BackwardWeightsByTiles(
                ProductPlan.For(geometry.Outputs, geometry.Depth, geometry.Images * geometry.Places, groups), geometry, x, g, dw, accumulate);
        }
    }

    // y = f(y + b), b per channel: what a library leaves to be done.
    private void AddBiasAndActivate(Tensor? bias, Tensor y, Activation? activation)
    {
        if (bias is not null)
        {
            Binary(BinaryOperation.Add, y, bias.Reshape([bias.ElementCount, 1, 1]), y);
        }

        if (activation is { } f)
        {
            ActivationForward(f, y, y);
        }
    }

    internal void ForwardByTiles(
        TileSize tile, ConvolutionGeometry g, Tensor x, Tensor w, Tensor? bias, Tensor y, Activation? activation)
    {
        int blocks = checked((int)(tile.Count(g.Outputs, g.Images * g.Places) * g.Groups));
        Launch(
            "convolution", tile.ConvolutionForward, y.DType, blocks, tile.Threads, 0,
            At(x), At(w), At(bias), At(y), KernelArgument.Structure(&g), Epilogue(activation));
    }

    internal void ForwardDirectly(ConvolutionGeometry g, Tensor x, Tensor w, Tensor? bias, Tensor y, Activation? activation)
    {
        int blocks = CeilingDivide(g.Images * g.Places, BlockThreads) * g.Groups * CeilingDivide(g.Outputs, OutputsTogether);
        Launch(
            "convolution", "convolution_forward_direct", y.DType, blocks, BlockThreads, OutputsTogether * g.Depth * y.DType.Size(),
            At(x), At(w), At(bias), At(y), KernelArgument.Structure(&g), Epilogue(activation));
    }

    internal void BackwardDataByTiles(TileSize tile, ConvolutionGeometry geometry, Tensor w, Tensor g, Tensor dx)
    {
        int blocks = checked((int)(tile.Count(geometry.Channels, geometry.Images * geometry.Plane) * geometry.Groups));
        Launch(
            "convolution", tile.ConvolutionBackwardData, dx.DType, blocks, tile.Threads, 0,
            At(w), At(g), At(dx), KernelArgument.Structure(&geometry));
    }

    internal void BackwardDataDirectly(ConvolutionGeometry geometry, Tensor w, Tensor g, Tensor dx)
    {
        int blocks = CeilingDivide(geometry.Images * geometry.Plane, BlockThreads) * geometry.Groups * CeilingDivide(geometry.Channels, ChannelsTogether);
        Launch(
            "convolution", "convolution_backward_data_direct", dx.DType, blocks, BlockThreads, 0,
            At(w), At(g), At(dx), KernelArgument.Structure(&geometry));
    }

    internal void BackwardWeightsByTiles(
        ProductPlan plan, ConvolutionGeometry geometry, Tensor x, Tensor g, Tensor dw, bool accumulate = true)
    {
        Tensor? parts = plan.Splits == 1 ? null : Scratch([plan.Splits, dw.ElementCount], dw.DType);
        int blocks = checked((int)(plan.Tile.Count(geometry.Outputs, geometry.Depth) * geometry.Groups * plan.Splits));
        Launch(
            "convolution", plan.Tile.ConvolutionBackwardWeights, dw.DType, blocks, plan.Tile.Threads, 0,
            At(x), At(g), At(parts ?? dw), KernelArgument.Structure(&geometry), plan.Depth, parts is null && accumulate ? 1 : 0);
        if (parts is not null)
        {
            Finish(dw.DType, AddressOf(parts), AddressOf(dw), dw.ElementCount, plan.Splits, 1, 0, accumulate, null);
        }
    }
}
