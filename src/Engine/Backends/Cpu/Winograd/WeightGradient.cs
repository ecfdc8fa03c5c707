using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The gradient of the weights on its way back from the points: dw += Gᵀ·dU·G for each pair of channels, dU being for each point
/// a matrix with one row per output channel and one column per input channel.
/// </summary>
internal static unsafe class WeightGradient<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    private const int Taps = 9;

    /// <summary>Adds the gradients of one output channel's weights.</summary>
    /// <param name="u">dU of the output channel: input channel c at point p lies at <c>u[p·point + c]</c>, rounded up to whole vectors.</param>
    /// <param name="point">From one matrix to the next.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="dw">The gradients of its weights, C×3×3.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Accumulate(T* u, nint point, int inputs, T* dw)
    {
        T* halves = stackalloc T[3 * TMethod.Points * TSimd.Lanes];
        T* taps = stackalloc T[Taps * TSimd.Lanes];
        T* weights = stackalloc T[Taps * TSimd.Lanes];
        nint half = TMethod.Points * TSimd.Lanes;
        for (int c = 0; c < inputs; c += TSimd.Lanes)
        {
            for (int j = 0; j < TMethod.Points; j++)
            {
                TMethod.WeightsGradient<T, TVector, TSimd>(u + c + (j * point), TMethod.Points * point, halves + (j * TSimd.Lanes), half);
            }

            for (int i = 0; i < 3; i++)
            {
                TMethod.WeightsGradient<T, TVector, TSimd>(halves + (i * half), TSimd.Lanes, taps + (i * 3 * TSimd.Lanes), TSimd.Lanes);
            }

            int channels = Math.Min(inputs - c, TSimd.Lanes);
            PixelLanes<T, TVector, TSimd>.Scatter(taps, default, false, weights, Taps, channels, Taps);
            Add(weights, dw + (c * Taps), channels * Taps);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T* source, T* destination, int count)
    {
        int i = 0;
        for (; i <= count - TSimd.Lanes; i += TSimd.Lanes)
        {
            TSimd.Store(Vectors<T, TVector, TSimd>.Add(TSimd.Load(source + i), TSimd.Load(destination + i)), destination + i);
        }

        for (; i < count; i++)
        {
            destination[i] += source[i];
        }
    }
}
