using Engine.Tensors;

namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>The arguments of a convolution, or of its way back, where x or w is what is computed.</summary>
    public static void Convolution(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y)
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

        OneFloatType("Convolution", x, w, y, bias);
    }

    /// <summary>The arguments of a convolution of 3×3 with weights at 16 or 36 points, C×(K rounded up) for each.</summary>
    public static void PreparedConvolution(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y, int width)
    {
        if (x.Shape.Rank != 4 || w.Shape[0] is not (16 or 36) || w.Shape[1] != x.Shape[1] || groups != 1
            || window.Kernel != 3 || window.Stride != 1 || window.Dilation != 1
            || (window.Mode != PaddingMode.Zero && (window.Before != 0 || window.After != 0)))
        {
            throw new ShapeException(
                $"Convolution of {x.Shape} in {groups} groups, {window}: prepared weights {w.Shape} are for another number of channels, kernel, stride, dilation or padding.");
        }

        Size2D positions = window.Output((x.Shape[2], x.Shape[3]));
        if (y.Shape.Rank != 4 || y.Shape[0] != x.Shape[0] || positions != (y.Shape[2], y.Shape[3]) || w.Shape[2] != width)
        {
            throw new ShapeException(
                $"Convolution of {x.Shape} with prepared weights {w.Shape} gives {x.Shape[0]}×K×{positions.Y}×{positions.X} for a K that rounds up to {w.Shape[2]}, given {y.Shape}.");
        }

        if (bias is not null && bias.ElementCount != y.Shape[1])
        {
            throw new ShapeException($"Convolution: {y.Shape[1]} output channels need as many biases, given {bias.Shape}.");
        }

        OneFloatType("Convolution", x, w, y, bias);
    }

    /// <summary>The arguments of a convolution with weights of groups·C/groups·R·S rows for K/groups rounded up to whole vectors.</summary>
    public static void ConvolutionOfPanels(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y, int lanes)
    {
        bool fits = x.Shape.Rank == 4 && y.Shape.Rank == 4 && groups >= 1 && x.Shape[1] % groups == 0 && y.Shape[1] % groups == 0
            && w.Shape[0] == (long)x.Shape[1] * window.Kernel.Y * window.Kernel.X
            && w.Shape[1] == (long)((y.Shape[1] / groups) + lanes - 1) / lanes * lanes;
        if (!fits || window.Output((x.Shape[2], x.Shape[3])) != (y.Shape[2], y.Shape[3]) || y.Shape[0] != x.Shape[0])
        {
            throw new ShapeException(
                $"Convolution of {x.Shape} in {groups} groups, {window}: prepared weights {w.Shape} and y {y.Shape} are for other channels or another kernel.");
        }

        if (bias is not null && bias.ElementCount != y.Shape[1])
        {
            throw new ShapeException($"Convolution: {y.Shape[1]} output channels need as many biases, given {bias.Shape}.");
        }

        OneFloatType("Convolution", x, w, y, bias);
    }

    /// <summary>The arguments of a convolution with weights in strips: as many as there are, in an order of their own.</summary>
    public static void ConvolutionOfStrips(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor? addend, Tensor y)
    {
        bool fits = x.Shape.Rank == 4 && y.Shape.Rank == 4 && groups == 1
            && w.Shape[0] == (long)y.Shape[1] * x.Shape[1] * window.Kernel.Y * window.Kernel.X;
        if (!fits || window.Output((x.Shape[2], x.Shape[3])) != (y.Shape[2], y.Shape[3]) || y.Shape[0] != x.Shape[0])
        {
            throw new ShapeException(
                $"Convolution of {x.Shape} in {groups} groups, {window}: prepared weights {w.Shape} and y {y.Shape} are for other channels or another kernel.");
        }

        if (bias is not null && bias.ElementCount != y.Shape[1])
        {
            throw new ShapeException($"Convolution: {y.Shape[1]} output channels need as many biases, given {bias.Shape}.");
        }

        if (addend is not null && addend.Shape != y.Shape)
        {
            throw new ShapeException($"Convolution: y is {y.Shape}, and what is to be added {addend.Shape}. Both need the same shape.");
        }

        OneFloatType("Convolution", x, w, y, bias);
        OneFloatType("Convolution", x, w, y, addend);
    }
}
