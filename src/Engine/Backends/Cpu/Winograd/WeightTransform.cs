using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The weights at the points: U = G·w·Gᵀ for each pair of channels, for each point a matrix with one row per input channel
/// and one column per output channel.
/// </summary>
/// <remarks>
/// The matrices are the right operands of the products, so they are written as the micro-kernel reads them: in panels of up
/// to 3 vectors of output channels, the rows of a panel one after the other.
/// </remarks>
internal static unsafe class WeightTransform<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    private const int Taps = 9;

    // Where input channels follow each other, the taps of several are copied at once.
    private const int MostTogether = 16;

    /// <summary>Transforms the weights between some input channels and one panel's output channels.</summary>
    /// <param name="w">The weights.</param>
    /// <param name="firstInput">The first input channel.</param>
    /// <param name="inputs">How many input channels.</param>
    /// <param name="firstOutput">The first output channel of the panel.</param>
    /// <param name="outputs">Output channels of the panel.</param>
    /// <param name="vectors">Vectors of a row of the panel; lanes beyond the output channels become zero.</param>
    /// <param name="u">U: input channel c, counted from the first, at point p goes to <c>u[p·point + c·vectors·lanes]</c>, the panel's output channels side by side.</param>
    /// <param name="point">From one matrix to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Run(in WeightsView<T> w, int firstInput, int inputs, int firstOutput, int outputs, int vectors, T* u, nint point)
    {
        T* taps = stackalloc T[MostTogether * Taps * TSimd.Lanes];
        T* halves = stackalloc T[TMethod.Points * 3 * TSimd.Lanes];
        nint pair = Taps * TSimd.Lanes, half = 3 * TSimd.Lanes, step = w.IsTurned ? -TSimd.Lanes : TSimd.Lanes;
        T* firstTap = w.IsTurned ? taps + pair - TSimd.Lanes : taps;
        int together = w.Input == Taps ? MostTogether : 1;
        for (int v = 0; v < vectors; v++)
        {
            int lanes = Math.Clamp(outputs - (v * TSimd.Lanes), 0, TSimd.Lanes);
            for (int c = 0; c < inputs; c += together)
            {
                int count = Math.Min(together, inputs - c);
                PixelLanes<T, TVector, TSimd>.Gather(
                    w.Taps(firstOutput + (v * TSimd.Lanes), firstInput + c), w.Output, lanes, count * Taps, taps);
                for (int i = 0; i < count; i++)
                {
                    Transform(firstTap + (i * pair), step, halves, half, u + (((((nint)c + i) * vectors) + v) * TSimd.Lanes), point);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transform(T* taps, nint step, T* halves, nint half, T* values, nint point)
    {
        for (int j = 0; j < 3; j++)
        {
            TMethod.Weights<T, TVector, TSimd>(taps + (j * step), 3 * step, halves + (j * TSimd.Lanes), half);
        }

        for (int i = 0; i < TMethod.Points; i++)
        {
            TMethod.Weights<T, TVector, TSimd>(halves + (i * half), TSimd.Lanes, values, point);
            values += TMethod.Points * point;
        }
    }
}
