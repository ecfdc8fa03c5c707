using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// The innermost loops of <see cref="ImageLaneConvolution"/>: what each place of g adds to the pixels under its window, in as
/// many images at once as a vector has lanes.
/// </summary>
/// <remarks>
/// For one place the gradients of up to 16 output channels are loaded into registers and stay there while all
/// channels and taps pass by. Each tap is a pixel loaded, 16 multiply–adds by weights that the multiplier spreads from
/// memory itself, and the pixel stored. Nothing beyond the border is ever multiplied, at no cost per product: borders
/// shorten the loops over r and s. One chain of 16 sums would keep the multipliers waiting, so two taps go side
/// by side, each as two chains.
/// </remarks>
internal static unsafe class SpreadKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>Output channels that registers hold at once: half of the wide register file, half of the narrow.</summary>
    public static int MostOutputs => TSimd.Lanes * sizeof(T) == 64 ? 16 : 8;

    /// <summary>Adds, for all places of g, w·g to d.</summary>
    /// <param name="geometry">The sizes of the convolution.</param>
    /// <param name="inputs">Input channels whose pixels are added to.</param>
    /// <param name="outputs">4, 8, 12 or 16 output channels.</param>
    /// <param name="g">A vector for each place, <c>g[(k·positions + place)·lanes]</c>.</param>
    /// <param name="w">The weights of these output channels, <c>w[((c·R + r)·S + s)·outputs + k]</c>.</param>
    /// <param name="d">A vector for each pixel of each channel.</param>
    public static void Run(in Geometry geometry, int inputs, int outputs, T* g, T* w, T* d)
    {
        switch (outputs)
        {
            case 4:
                Run<Four>(geometry, inputs, g, w, d);
                break;
            case 8:
                Run<Eight>(geometry, inputs, g, w, d);
                break;
            case 12:
                Run<Twelve>(geometry, inputs, g, w, d);
                break;
            default:
                Run<Sixteen>(geometry, inputs, g, w, d);
                break;
        }
    }

#pragma warning disable format // One line per four channels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TOutputs>(in Geometry geometry, int inputs, T* g, T* w, T* d)
        where TOutputs : ICount
    {
        Window window = geometry.Window;
        int kernelX = window.Kernel.X, width = geometry.Width;
        nint next = (nint)geometry.Positions * TSimd.Lanes, plane = (nint)geometry.Plane * TSimd.Lanes;
        nint rowOfPixels = (nint)window.Dilation.Y * width * TSimd.Lanes, tapStep = (nint)window.Dilation.X * TSimd.Lanes;
        for (int i = 0; i < geometry.OutHeight; i++)
        {
            (int firstRow, int endRow) = TapsInside((i * window.Stride.Y) - window.Before.Y, geometry.Height, window.Kernel.Y, window.Dilation.Y);
            for (int j = 0; j < geometry.OutWidth; j++)
            {
                TVector g4 = default, g5 = default, g6 = default, g7 = default, g8 = default, g9 = default;
                TVector g10 = default, g11 = default, g12 = default, g13 = default, g14 = default, g15 = default;
                TVector g0 = TSimd.Load(g), g1 = TSimd.Load(g + next), g2 = TSimd.Load(g + (2 * next)), g3 = TSimd.Load(g + (3 * next));
                if (TOutputs.Value > 4) { g4 = TSimd.Load(g + (4 * next)); g5 = TSimd.Load(g + (5 * next)); g6 = TSimd.Load(g + (6 * next)); g7 = TSimd.Load(g + (7 * next)); }
                if (TOutputs.Value > 8) { g8 = TSimd.Load(g + (8 * next)); g9 = TSimd.Load(g + (9 * next)); g10 = TSimd.Load(g + (10 * next)); g11 = TSimd.Load(g + (11 * next)); }
                if (TOutputs.Value > 12) { g12 = TSimd.Load(g + (12 * next)); g13 = TSimd.Load(g + (13 * next)); g14 = TSimd.Load(g + (14 * next)); g15 = TSimd.Load(g + (15 * next)); }
                g += TSimd.Lanes;

                int left = (j * window.Stride.X) - window.Before.X;
                (int first, int end) = TapsInside(left, width, kernelX, window.Dilation.X);
                nint top = (((nint)((i * window.Stride.Y) - window.Before.Y + (firstRow * window.Dilation.Y)) * width) + left + ((nint)first * window.Dilation.X)) * TSimd.Lanes;
                for (int c = 0; c < inputs; c++)
                {
                    T* row = d + (c * plane) + top, rowOfWeights = w + ((nint)((((c * window.Kernel.Y) + firstRow) * kernelX) + first) * TOutputs.Value);
                    for (int r = firstRow; r < endRow; r++)
                    {
                        T* pixel = row, weight = rowOfWeights;
                        for (int s = first; s < end; s++)
                        {
                            TVector a = TSimd.MultiplyAdd(TSimd.Broadcast(weight), g0, TSimd.Load(pixel)), b = TSimd.MultiplyAdd(TSimd.Broadcast(weight + 1), g1, default);
                            a = TSimd.MultiplyAdd(TSimd.Broadcast(weight + 2), g2, a); b = TSimd.MultiplyAdd(TSimd.Broadcast(weight + 3), g3, b);
                            if (TOutputs.Value > 4) { AddFour(weight + 4, g4, g5, g6, g7, ref a, ref b); }
                            if (TOutputs.Value > 8) { AddFour(weight + 8, g8, g9, g10, g11, ref a, ref b); }
                            if (TOutputs.Value > 12) { AddFour(weight + 12, g12, g13, g14, g15, ref a, ref b); }
                            TSimd.Store(TSimd.Add(a, b), pixel);
                            pixel += tapStep;
                            weight += TOutputs.Value;
                        }

                        row += rowOfPixels;
                        rowOfWeights += kernelX * TOutputs.Value;
                    }
                }
            }
        }
    }

#pragma warning restore format

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour(T* weight, TVector g0, TVector g1, TVector g2, TVector g3, ref TVector a, ref TVector b)
    {
        a = TSimd.MultiplyAdd(TSimd.Broadcast(weight), g0, a);
        b = TSimd.MultiplyAdd(TSimd.Broadcast(weight + 1), g1, b);
        a = TSimd.MultiplyAdd(TSimd.Broadcast(weight + 2), g2, a);
        b = TSimd.MultiplyAdd(TSimd.Broadcast(weight + 3), g3, b);
    }

    // The taps, the end exclusive, of a window beginning at a pixel that lie inside the image.
    private static (int First, int End) TapsInside(int start, int size, int kernel, int dilation)
    {
        int first = start >= 0 ? 0 : Math.Min(kernel, (-start + dilation - 1) / dilation);
        int end = start >= size ? first : Math.Clamp(((size - 1 - start) / dilation) + 1, first, kernel);
        return (first, end);
    }
}

internal readonly struct Twelve : ICount
{
    public static int Value => 12;
}

internal readonly struct Sixteen : ICount
{
    public static int Value => 16;
}
