using System.Numerics;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    private enum Pass
    {
        Forward,
        BackwardData,
        BackwardWeights,
    }

    /// <inheritdoc/>
    public override void ConvolutionForward(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y)
    {
        RequireConvolution(x, w, bias, window, groups, y);
        Convolve(Pass.Forward, x, w, bias, window, groups, y);
    }

    /// <inheritdoc/>
    public override void ConvolutionBackwardData(Tensor w, Tensor g, in Window window, int groups, Tensor dx)
    {
        RequireConvolution(dx, w, null, window, groups, g);
        dx.Bytes.Clear();
        Convolve(Pass.BackwardData, dx, w, null, window, groups, g);
    }

    /// <inheritdoc/>
    public override void AccumulateConvolutionBackwardWeights(Tensor x, Tensor g, in Window window, int groups, Tensor dw)
    {
        RequireConvolution(x, dw, null, window, groups, g);
        Convolve(Pass.BackwardWeights, x, dw, null, window, groups, g);
    }

    private static void Convolve(Pass pass, Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y)
    {
        if (y.DType == DType.Float32)
        {
            Convolve<float>(pass, x, w, bias, window, groups, y);
        }
        else
        {
            Convolve<double>(pass, x, w, bias, window, groups, y);
        }
    }

    private static void Convolve<T>(Pass pass, Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> xs = x.AsSpan<T>(), ws = w.AsSpan<T>(), ys = y.AsSpan<T>();
        Span<T> bs = bias is null ? [] : bias.AsSpan<T>();
        int channels = x.Shape[1], height = x.Shape[2], width = x.Shape[3], outputs = y.Shape[1], perGroup = w.Shape[1];
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int k = 0; k < outputs; k++)
            {
                int first = k / (outputs / groups) * perGroup;
                for (int i = 0; i < y.Shape[2]; i++)
                {
                    for (int j = 0; j < y.Shape[3]; j++)
                    {
                        int at = (((((n * outputs) + k) * y.Shape[2]) + i) * y.Shape[3]) + j;
                        T sum = bias is null ? T.Zero : bs[k];
                        for (int tap = 0; tap < perGroup * window.Kernel.Y * window.Kernel.X; tap++)
                        {
                            int s = tap % window.Kernel.X, r = tap / window.Kernel.X % window.Kernel.Y, c = tap / window.Kernel.X / window.Kernel.Y;
                            int row = Inside((i * window.Stride.Y) + (r * window.Dilation.Y) - window.Before.Y, height, window.Mode);
                            int column = Inside((j * window.Stride.X) + (s * window.Dilation.X) - window.Before.X, width, window.Mode);
                            if (row < 0 || column < 0)
                            {
                                continue;
                            }

                            int from = (((((n * channels) + first + c) * height) + row) * width) + column;
                            int weight = (k * perGroup * window.Kernel.Y * window.Kernel.X) + tap;
                            switch (pass)
                            {
                                case Pass.Forward:
                                    sum += ws[weight] * xs[from];
                                    break;
                                case Pass.BackwardData:
                                    xs[from] += ws[weight] * ys[at];
                                    break;
                                default:
                                    ws[weight] += xs[from] * ys[at];
                                    break;
                            }
                        }

                        if (pass == Pass.Forward)
                        {
                            ys[at] = sum;
                        }
                    }
                }
            }
        }
    }

    // Where a position beyond the border finds its value; −1 for a zero.
    private static int Inside(int position, int size, PaddingMode mode)
    {
        if ((uint)position < (uint)size)
        {
            return position;
        }

        if (mode == PaddingMode.Zero)
        {
            return -1;
        }

        int period = ((position % (2 * size)) + (2 * size)) % (2 * size);
        return period < size ? period : (2 * size) - 1 - period;
    }

    private static void RequireConvolution(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y)
    {
        if (x.Shape.Rank != 4 || w.Shape.Rank != 4 || groups < 1 || x.Shape[1] % groups != 0 || w.Shape[0] % groups != 0
            || w.Shape[1] != x.Shape[1] / groups || window.Kernel != (w.Shape[2], w.Shape[3]))
        {
            throw new ShapeException(
                $"Convolution: input {x.Shape} in {groups} groups and a window of {window.Kernel} need weights K×C/groups×R×S, given {w.Shape}.");
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
