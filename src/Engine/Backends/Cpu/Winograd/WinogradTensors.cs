using Engine.Backends.Cpu.Convolution;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>Winograd's convolution as the back end calls it: tensors in, the method chosen, pointers out.</summary>
/// <remarks>
/// Of Float32 alone. Float64 is the reference that everything is measured against, and stays with the definition's own
/// products.
/// </remarks>
internal static unsafe class WinogradTensors
{
    /// <summary>Whether Winograd's is the method for these sizes and weights that are as they are.</summary>
    public static bool Suits(in Geometry geometry, DType dtype) =>
        dtype == DType.Float32 && WinogradChoice.For(geometry) != WinogradMethod.None;

    /// <summary>Computes y = w ∗ x + bias and max(0, ·) of it, if Winograd's is the method for these sizes.</summary>
    public static bool TryForward(in Geometry geometry, Tensor x, Tensor w, Tensor? bias, bool rectify, Tensor y)
    {
        WinogradMethod method = y.DType == DType.Float32 ? WinogradChoice.For(geometry) : WinogradMethod.None;
        fixed (float* pw = method == WinogradMethod.None ? [] : w.AsSpan<float>())
        {
            return TryForward(method, geometry, x, WeightsView<float>.Plain(pw, geometry.ChannelsPerGroup), bias, rectify, y);
        }
    }

    /// <summary>Computes the gradient in x, if Winograd's is the method for these sizes.</summary>
    public static bool TryBackwardData(in Geometry geometry, Tensor w, Tensor g, Tensor dx)
    {
        WinogradMethod method = dx.DType == DType.Float32 ? WinogradChoice.For(geometry.Adjoint) : WinogradMethod.None;
        fixed (float* pw = method == WinogradMethod.None ? [] : w.AsSpan<float>())
        {
            return TryForward(method, geometry.Adjoint, g, WeightsView<float>.Turned(pw, geometry.ChannelsPerGroup), null, false, dx);
        }
    }

    /// <summary>Computes the gradient in w, or adds it to dw, if Winograd's is the method for these sizes.</summary>
    public static bool TryBackwardWeights(in Geometry geometry, Tensor x, Tensor g, Tensor dw, bool accumulate)
    {
        WinogradMethod method = dw.DType == DType.Float32 ? WinogradChoice.ForWeights(geometry) : WinogradMethod.None;
        if (method == WinogradMethod.None)
        {
            return false;
        }

        fixed (float* px = x.AsSpan<float>(), pg = g.AsSpan<float>(), pdw = dw.AsSpan<float>())
        {
            if (method == WinogradMethod.TwoByTwo)
            {
                WinogradConvolution<float, TwoByTwo>.BackwardWeights(geometry, px, pg, pdw, accumulate);
            }
            else
            {
                WinogradConvolution<float, FourByFour>.BackwardWeights(geometry, px, pg, pdw, accumulate);
            }
        }

        return true;
    }

    /// <summary>The weights at the points, one matrix for each, or null where another method is faster.</summary>
    public static Tensor? Prepare(in Geometry geometry, Tensor w)
    {
        WinogradMethod method = w.DType == DType.Float32 ? WinogradChoice.ForPrepared(geometry) : WinogradMethod.None;
        return method switch
        {
            WinogradMethod.TwoByTwo => Prepare<TwoByTwo>(geometry, w),
            WinogradMethod.FourByFour => Prepare<FourByFour>(geometry, w),
            _ => null,
        };
    }

    /// <summary>Whether weights are what <see cref="Prepare(in Geometry, Tensor)"/> has made.</summary>
    public static bool ArePrepared(Tensor w) => w.Shape.Rank == 3;

    /// <summary>Computes y = w ∗ x + bias and max(0, ·) of it, with prepared weights.</summary>
    public static void ForwardPrepared(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, bool rectify, Tensor y)
    {
        Require.PreparedConvolution(x, w, bias, window, groups, y, y.Shape.Rank == 4 ? WinogradConvolution<float, TwoByTwo>.Width(y.Shape[1]) : 0);
        Geometry geometry = new(x.Shape, [y.Shape[1], x.Shape[1], 3, 3], window, groups);
        fixed (float* px = x.AsSpan<float>(), pu = w.AsSpan<float>(), pb = bias is null ? [] : bias.AsSpan<float>(), py = y.AsSpan<float>())
        {
            if (w.Shape[0] == WinogradConvolution<float, TwoByTwo>.Points)
            {
                WinogradConvolution<float, TwoByTwo>.Forward(geometry, px, pu, pb, rectify, py);
            }
            else
            {
                WinogradConvolution<float, FourByFour>.Forward(geometry, px, pu, pb, rectify, py);
            }
        }
    }

    private static bool TryForward(
        WinogradMethod method, in Geometry geometry, Tensor x, in WeightsView<float> w, Tensor? bias, bool rectify, Tensor y)
    {
        if (method == WinogradMethod.None)
        {
            return false;
        }

        fixed (float* px = x.AsSpan<float>(), pb = bias is null ? [] : bias.AsSpan<float>(), py = y.AsSpan<float>())
        {
            if (method == WinogradMethod.TwoByTwo)
            {
                WinogradConvolution<float, TwoByTwo>.Forward(geometry, px, w, pb, rectify, py);
            }
            else
            {
                WinogradConvolution<float, FourByFour>.Forward(geometry, px, w, pb, rectify, py);
            }
        }

        return true;
    }

    private static Tensor Prepare<TMethod>(in Geometry geometry, Tensor w)
        where TMethod : IWinograd
    {
        int inputs = geometry.ChannelsPerGroup, outputs = geometry.OutputsPerGroup;
        Tensor u = new([WinogradConvolution<float, TMethod>.Points, inputs, WinogradConvolution<float, TMethod>.Width(outputs)]);
        fixed (float* pw = w.AsSpan<float>(), pu = u.AsSpan<float>())
        {
            WinogradConvolution<float, TMethod>.Prepare(WeightsView<float>.Plain(pw, inputs), inputs, outputs, pu);
        }

        return u;
    }
}
