using System.Numerics;
using Engine.Backends.Cpu.Simd;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>Weights prepared for <see cref="ChannelLaneConvolution"/> as the back end hands them around: a tensor of rank 2.</summary>
internal static unsafe class PreparedPanels
{
    /// <summary>The weights in the order of <see cref="OutputPanels"/>, or null where another method is faster.</summary>
    public static Tensor? Prepare(in Geometry geometry, Tensor w) =>
        w.DType == DType.Float32 ? Prepare<float>(geometry, w) : Prepare<double>(geometry, w);

    /// <summary>Whether weights are what <see cref="Prepare(in Geometry, Tensor)"/> has made.</summary>
    public static bool ArePrepared(Tensor w) => w.Shape.Rank == 2;

    /// <summary>y = f(w ∗ x + bias), with prepared weights.</summary>
    public static void Forward(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Activation? activation, Tensor y)
    {
        Require.ConvolutionOfPanels(x, w, bias, window, groups, y, w.DType == DType.Float32 ? Widest.Lanes<float>() : Widest.Lanes<double>());
        Geometry geometry = new(x.Shape, [y.Shape[1], x.Shape[1] / groups, window.Kernel.Y, window.Kernel.X], window, groups);
        if (w.DType == DType.Float32)
        {
            Forward<float>(geometry, x, w, bias, activation, y);
        }
        else
        {
            Forward<double>(geometry, x, w, bias, activation, y);
        }
    }

    private static Tensor? Prepare<T>(in Geometry geometry, Tensor w)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // A register of one number is filled by one image: that says nothing for images as lanes.
        bool byImages = Widest.Lanes<T>() > 1 && ImageLaneConvolution.SuitsForward<T>(geometry);
        if (geometry.IsWholeImage || DepthwiseConvolution.Suits(geometry) || byImages || !ChannelLaneConvolution.FillsLanes<T>(geometry))
        {
            return null;
        }

        Tensor panels = new([geometry.Groups * geometry.Depth, OutputPanels.Rounded(geometry.OutputsPerGroup, Widest.Lanes<T>())], w.DType);
        fixed (T* pw = w.AsSpan<T>(), pp = panels.AsSpan<T>())
        {
            ChannelLaneConvolution.Prepare(geometry, pw, pp);
        }

        return panels;
    }

    private static void Forward<T>(in Geometry geometry, Tensor x, Tensor w, Tensor? bias, Activation? activation, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = x.AsSpan<T>(), pw = w.AsSpan<T>(), pb = bias is null ? [] : bias.AsSpan<T>(), py = y.AsSpan<T>())
        {
            ChannelLaneConvolution.ForwardPrepared(geometry, px, pw, pb, activation, py);
        }
    }
}
