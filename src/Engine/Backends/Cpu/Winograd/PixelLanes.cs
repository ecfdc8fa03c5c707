using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// Between images as they lie, channel after channel, and as the transforms want them: the same pixel of as many channels
/// as a vector has lanes, side by side.
/// </summary>
internal static unsafe partial class PixelLanes<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    private static bool HasSquares => typeof(T) == typeof(float) && TSimd.Lanes >= 4 && Squares.IsSupported;

    /// <summary>Copies pixels of some channels to vectors, one for each pixel; channels that do not exist are zero.</summary>
    /// <remarks>
    /// Four pixels at a time. The quarters of a vector are loaded from channels 0–3, 4–7, and so on, so that squares
    /// within the quarters are all there is to transpose.
    /// </remarks>
    /// <param name="source">The first pixel of the first channel.</param>
    /// <param name="plane">From one channel to the next.</param>
    /// <param name="channels">Channels that exist, at most the lanes of a vector.</param>
    /// <param name="pixels">Pixels, side by side.</param>
    /// <param name="vectors">Where the vectors go, one after the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(T* source, nint plane, int channels, int pixels, T* vectors)
    {
        if (!HasSquares || channels < TSimd.Lanes || pixels < 4)
        {
            Transposition.ToLanes(source, plane, channels, pixels, vectors, TSimd.Lanes);
            return;
        }

        int last = pixels - 4;
        for (int j = 0; j < last; j += 4)
        {
            GatherFour((float*)(source + j), plane, (float*)(vectors + ((nint)j * TSimd.Lanes)));
        }

        // The last four overlap those before.
        GatherFour((float*)(source + last), plane, (float*)(vectors + ((nint)last * TSimd.Lanes)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GatherFour(float* source, nint plane, float* vectors)
    {
        if (typeof(TVector) == typeof(Vector512<float>))
        {
            Vector512<float> c0 = Quarters(source, 4 * plane), c1 = Quarters(source + plane, 4 * plane);
            Vector512<float> c2 = Quarters(source + (2 * plane), 4 * plane), c3 = Quarters(source + (3 * plane), 4 * plane);
            Squares.Transpose(ref c0, ref c1, ref c2, ref c3);
            c0.Store(vectors);
            c1.Store(vectors + 16);
            c2.Store(vectors + 32);
            c3.Store(vectors + 48);
        }
        else if (typeof(TVector) == typeof(Vector256<float>))
        {
            Vector256<float> c0 = Halves(source, 4 * plane), c1 = Halves(source + plane, 4 * plane);
            Vector256<float> c2 = Halves(source + (2 * plane), 4 * plane), c3 = Halves(source + (3 * plane), 4 * plane);
            Squares.Transpose(ref c0, ref c1, ref c2, ref c3);
            c0.Store(vectors);
            c1.Store(vectors + 8);
            c2.Store(vectors + 16);
            c3.Store(vectors + 24);
        }
        else
        {
            Vector128<float> c0 = Vector128.Load(source), c1 = Vector128.Load(source + plane);
            Vector128<float> c2 = Vector128.Load(source + (2 * plane)), c3 = Vector128.Load(source + (3 * plane));
            Squares.Transpose(ref c0, ref c1, ref c2, ref c3);
            c0.Store(vectors);
            c1.Store(vectors + 4);
            c2.Store(vectors + 8);
            c3.Store(vectors + 12);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(float* source, nint step) => Vector512.Create(Halves(source, step), Halves(source + (2 * step), step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* source, nint step) => Vector256.Create(Vector128.Load(source), Vector128.Load(source + step));
}
