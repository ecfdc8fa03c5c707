using System.Numerics;
using Engine.Backends.Cpu.Convolution;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

// The public face of convolution: checks, pointers, and which method for which sizes. Each method is a file in
// Convolution/. WholeImageConvolution: a window as large as the image. ShiftConvolution: stride 1, nothing copied but the
// padding. TurnedConvolution: the gradient of stride 1, by either of its neighbours. ColumnConvolution: everything.
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void ConvolutionForward(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y)
    {
        RequireConvolution(x, w, bias, window, groups, y);
        Geometry geometry = new(x.Shape, w.Shape, window, groups);
        if (y.DType == DType.Float32)
        {
            Forward<float>(geometry, x, w, bias, y);
        }
        else
        {
            Forward<double>(geometry, x, w, bias, y);
        }
    }

    /// <inheritdoc/>
    public override void ConvolutionBackwardData(Tensor w, Tensor g, in Window window, int groups, Tensor dx)
    {
        RequireConvolution(dx, w, null, window, groups, g);
        Geometry geometry = new(dx.Shape, w.Shape, window, groups);
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
    public override void AccumulateConvolutionBackwardWeights(Tensor x, Tensor g, in Window window, int groups, Tensor dw)
    {
        RequireConvolution(x, dw, null, window, groups, g);
        Geometry geometry = new(x.Shape, dw.Shape, window, groups);
        if (dw.DType == DType.Float32)
        {
            AccumulateBackwardWeights<float>(geometry, x, g, dw);
        }
        else
        {
            AccumulateBackwardWeights<double>(geometry, x, g, dw);
        }
    }

    // The choice of a method, by sizes alone: one place per direction.
    private static void Forward<T>(in Geometry geometry, Tensor x, Tensor w, Tensor? bias, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = x.AsSpan<T>(), pw = w.AsSpan<T>(), pb = bias is null ? [] : bias.AsSpan<T>(), py = y.AsSpan<T>())
        {
            if (geometry.IsWholeImage)
            {
                WholeImageConvolution.Forward(geometry, px, pw, pb, py);
            }
            else if (ShiftConvolution.Suits(geometry))
            {
                ShiftConvolution.Forward(geometry, px, pw, pb, py);
            }
            else
            {
                ColumnConvolution.Forward(geometry, px, pw, pb, py);
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

    private static void AccumulateBackwardWeights<T>(in Geometry geometry, Tensor x, Tensor g, Tensor dw)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = x.AsSpan<T>(), pg = g.AsSpan<T>(), pdw = dw.AsSpan<T>())
        {
            if (geometry.IsWholeImage)
            {
                WholeImageConvolution.AccumulateBackwardWeights(geometry, px, pg, pdw);
            }
            else
            {
                ColumnConvolution.AccumulateBackwardWeights(geometry, px, pg, pdw);
            }
        }
    }

    private static void RequireConvolution(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y)
    {
        if (x.Shape.Rank != 4 || w.Shape.Rank != 4 || groups < 1 || x.Shape[1] % groups != 0 || w.Shape[0] % groups != 0
            || w.Shape[1] != x.Shape[1] / groups || window.Kernel != (w.Shape[2], w.Shape[3]))
        {
            throw new ShapeException(
                $"Convolution: input {x.Shape} in {groups} groups and a window of {window.Kernel} need weights K×C/groups×R×S, given {w.Shape}.");
        }

        if (Math.Min(window.Stride.Y, window.Stride.X) < 1 || Math.Min(window.Dilation.Y, window.Dilation.X) < 1
            || Math.Min(Math.Min(window.Before.Y, window.Before.X), Math.Min(window.After.Y, window.After.X)) < 0)
        {
            throw new ShapeException($"Convolution: stride and dilation must be at least 1 and padding at least 0, given {window}.");
        }

        Size2D positions = window.Output((x.Shape[2], x.Shape[3]));
        if (y.Shape.Rank != 4 || y.Shape[0] != x.Shape[0] || y.Shape[1] != w.Shape[0] || positions != (y.Shape[2], y.Shape[3]))
        {
            throw new ShapeException(
                $"Convolution of {x.Shape} with {w.Shape} gives [{x.Shape[0]}, {w.Shape[0]}, {positions.Y}, {positions.X}], given {y.Shape}.");
        }

        if (bias is not null && bias.ElementCount != w.Shape[0])
        {
            throw new ShapeException($"Convolution: {w.Shape[0]} output channels need as many biases, given {bias.Shape}.");
        }

        RequireOneFloatType("Convolution", x, w, y, bias);
    }
}
