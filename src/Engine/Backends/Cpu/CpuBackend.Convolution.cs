using System.Numerics;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Winograd;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

// The public face of convolution: checks, pointers, and which method for which sizes. Each method is a file in
// Convolution/, named after what lies side by side in a vector. WholeImageConvolution: a window as large as the image.
// DepthwiseConvolution: channels that do not mix, with a stride.
// ImageLaneConvolution: images, where a batch has enough and they are small. ChannelLaneConvolution: output channels, where
// they are many, for every window. StripConvolution: places, for windows of one pixel whose weights have been prepared.
// ShiftConvolution: places, for stride 1. TurnedConvolution: the gradient of stride 1, as a convolution. ColumnConvolution:
// everything, by copying windows.
// Before all of these, the folder Winograd: windows of 3×3 with a quarter to a half of the multiplications.
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void ConvolutionForward(
        Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y, Activation? activation = null)
    {
        bool rectify = activation == Activation.Relu;
        if (WinogradTensors.ArePrepared(w))
        {
            WinogradTensors.ForwardPrepared(x, w, bias, window, groups, rectify, y);
            ActivateInPlace(rectify ? null : activation, y);
            return;
        }

        if (WeightStrips.ArePrepared(w))
        {
            WeightStrips.Forward(x, w, bias, window, groups, addend: null, activation, y);
            return;
        }

        if (PreparedPanels.ArePrepared(w))
        {
            PreparedPanels.Forward(x, w, bias, window, groups, activation, y);
            return;
        }

        Require.Convolution(x, w, bias, window, groups, y);
        Geometry geometry = new(x.Shape, w.Shape, window, groups);
        if (WinogradTensors.TryForward(geometry, x, w, bias, rectify, y))
        {
            ActivateInPlace(rectify ? null : activation, y);
            return;
        }

        if (y.DType == DType.Float32)
        {
            Forward<float>(geometry, x, w, bias, activation, y);
        }
        else
        {
            Forward<double>(geometry, x, w, bias, activation, y);
        }
    }

    /// <inheritdoc/>
    public override void ConvolutionForwardAndAdd(
        Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor addend, Tensor y, Activation? activation = null)
    {
        if (WeightStrips.ArePrepared(w))
        {
            WeightStrips.Forward(x, w, bias, window, groups, addend, activation, y);
        }
        else
        {
            base.ConvolutionForwardAndAdd(x, w, bias, window, groups, addend, y, activation);
        }
    }

    /// <inheritdoc/>
    public override Tensor? PrepareConvolution(Tensor w, Shape input, in Window window, int groups)
    {
        Geometry geometry = new(input, w.Shape, window, groups);
        if (WinogradTensors.Prepare(geometry, w) is { } points)
        {
            return points;
        }

        // Weights that would take too much memory at the points are transformed as they pass by, and stay as they are.
        return WinogradTensors.Suits(geometry, w.DType) ? null
            : WeightStrips.Prepare(geometry, w) ?? PreparedPanels.Prepare(geometry, w);
    }

    /// <inheritdoc/>
    public override void ConvolutionBackwardData(Tensor w, Tensor g, in Window window, int groups, Tensor dx)
    {
        Require.Convolution(dx, w, null, window, groups, g);
        Geometry geometry = new(dx.Shape, w.Shape, window, groups);
        if (WinogradTensors.TryBackwardData(geometry, w, g, dx))
        {
            return;
        }

        if (dx.DType == DType.Float32)
        {
            BackwardData<float>(geometry, w, g, dx);
        }
        else
        {
            BackwardData<double>(geometry, w, g, dx);
        }
    }

    /// <inheritdoc/>
    public override void ConvolutionBackwardWeights(
        Tensor x, Tensor g, in Window window, int groups, Tensor dw, bool accumulate = false, Tensor? db = null)
    {
        Require.Convolution(x, dw, db, window, groups, g);
        Geometry geometry = new(x.Shape, dw.Shape, window, groups);
        bool hasSums = !WinogradTensors.TryBackwardWeights(geometry, x, g, dw, accumulate)
            && (dw.DType == DType.Float32
                ? BackwardWeights<float>(geometry, x, g, dw, accumulate, db)
                : BackwardWeights<double>(geometry, x, g, dw, accumulate, db));
        if (db is not null && !hasSums)
        {
            AccumulateBiasGradient(g, db);
        }
    }

    // The choice of a method, by sizes alone: one place per direction.
    private void Forward<T>(in Geometry geometry, Tensor x, Tensor w, Tensor? bias, Activation? activation, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = x.AsSpan<T>(), pw = w.AsSpan<T>(), pb = bias is null ? [] : bias.AsSpan<T>(), py = y.AsSpan<T>())
        {
            if (geometry.IsWholeImage)
            {
                WholeImageConvolution.Forward(geometry, px, pw, pb, py);
                ActivateInPlace(activation, y);
            }
            else if (DepthwiseConvolution.Suits(geometry))
            {
                DepthwiseConvolution.Forward(geometry, px, pw, pb, activation, py);
            }
            else if (ImageLaneConvolution.SuitsForward<T>(geometry))
            {
                ImageLaneConvolution.Forward(geometry, px, pw, pb, activation, py);
            }
            else if (ChannelLaneConvolution.FillsLanes<T>(geometry))
            {
                ChannelLaneConvolution.Forward(geometry, px, pw, pb, activation, py);
            }
            else if (ShiftConvolution.Suits(geometry))
            {
                ShiftConvolution.Forward(geometry, px, pw, pb, activation, py);
            }
            else
            {
                ColumnConvolution.Forward(geometry, px, pw, pb, activation, py);
            }
        }
    }

    private static void BackwardData<T>(in Geometry geometry, Tensor w, Tensor g, Tensor dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* pw = w.AsSpan<T>(), pg = g.AsSpan<T>(), pdx = dx.AsSpan<T>())
        {
            if (geometry.IsWholeImage)
            {
                WholeImageConvolution.BackwardData(geometry, pw, pg, pdx);
            }
            else if (ImageLaneConvolution.Suits<T>(geometry))
            {
                ImageLaneConvolution.BackwardData(geometry, pw, pg, pdx);
            }
            else if (TurnedConvolution.Suits(geometry))
            {
                TurnedConvolution.BackwardData(geometry, pw, pg, pdx);
            }
            else
            {
                ColumnConvolution.BackwardData(geometry, pw, pg, pdx);
            }
        }
    }

    // Whether the method has added up g for db on its way, too.
    private static bool BackwardWeights<T>(in Geometry geometry, Tensor x, Tensor g, Tensor dw, bool accumulate, Tensor? db)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = x.AsSpan<T>(), pg = g.AsSpan<T>(), pdw = dw.AsSpan<T>(), pdb = db is null ? [] : db.AsSpan<T>())
        {
            if (geometry.IsWholeImage)
            {
                WholeImageConvolution.BackwardWeights(geometry, px, pg, pdw, accumulate);
                return false;
            }

            if (ChannelLaneConvolution.FillsLanes<T>(geometry))
            {
                ChannelLaneConvolution.BackwardWeights(geometry, px, pg, pdw, accumulate, pdb);
                return true;
            }

            if (ShiftConvolution.SuitsWeights<T>(geometry))
            {
                ShiftConvolution.BackwardWeights(geometry, px, pg, pdw, accumulate, pdb);
                return true;
            }

            ColumnConvolution.BackwardWeights(geometry, px, pg, pdw, accumulate);
            return false;
        }
    }
}
