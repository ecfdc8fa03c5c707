using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

internal static unsafe partial class PixelLanes<T, TVector, TSimd>
{
    /// <summary>Copies vectors, one for each pixel, to some channels, adding a bias and applying the rectifier on the way.</summary>
    /// <remarks>
    /// As many pixels at a time as a vector has lanes, so that each channel gets a whole vector of them. Channels are often a
    /// power of two apart, where they compete for the same few places of the cache: a line that is not written whole at
    /// once has gone when its turn comes again. What is left goes four pixels at a time.
    /// </remarks>
    /// <param name="vectors">The vectors, one after the other.</param>
    /// <param name="bias">Added to each, one number per channel.</param>
    /// <param name="rectify">Whether max(0, ·) follows.</param>
    /// <param name="destination">The first pixel of the first channel.</param>
    /// <param name="plane">From one channel to the next.</param>
    /// <param name="channels">Channels that exist, at most the lanes of a vector.</param>
    /// <param name="pixels">Pixels, side by side.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(T* vectors, TVector bias, bool rectify, T* destination, nint plane, int channels, int pixels)
    {
        if (!HasSquares || channels < TSimd.Lanes || pixels < 4)
        {
            for (T* vector = vectors, end = vectors + (pixels * TSimd.Lanes); vector < end; vector += TSimd.Lanes)
            {
                TSimd.Store(Finish(vector, bias, rectify), vector);
            }

            Transposition.FromLanes(vectors, TSimd.Lanes, channels, pixels, destination, plane);
            return;
        }

        int j = 0;
        for (; TSimd.Lanes > 4 && j <= pixels - TSimd.Lanes; j += TSimd.Lanes)
        {
            ScatterWide(vectors + ((nint)j * TSimd.Lanes), bias, rectify, (float*)(destination + j), plane);
        }

        for (; j < pixels; j += 4)
        {
            // The last four may overlap those before.
            int from = Math.Min(j, pixels - 4);
            ScatterFour(vectors + ((nint)from * TSimd.Lanes), bias, rectify, (float*)(destination + from), plane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScatterWide(T* vectors, TVector bias, bool rectify, float* destination, nint plane)
    {
        if (typeof(TVector) == typeof(Vector512<float>))
        {
            ReadFour(vectors, bias, rectify, out Vector512<float> a0, out Vector512<float> b0, out Vector512<float> c0, out Vector512<float> d0);
            ReadFour(vectors + 64, bias, rectify, out Vector512<float> a1, out Vector512<float> b1, out Vector512<float> c1, out Vector512<float> d1);
            ReadFour(vectors + 128, bias, rectify, out Vector512<float> a2, out Vector512<float> b2, out Vector512<float> c2, out Vector512<float> d2);
            ReadFour(vectors + 192, bias, rectify, out Vector512<float> a3, out Vector512<float> b3, out Vector512<float> c3, out Vector512<float> d3);
            StoreEveryFourth(a0, a1, a2, a3, destination, plane);
            StoreEveryFourth(b0, b1, b2, b3, destination + plane, plane);
            StoreEveryFourth(c0, c1, c2, c3, destination + (2 * plane), plane);
            StoreEveryFourth(d0, d1, d2, d3, destination + (3 * plane), plane);
        }
        else
        {
            ReadFour(vectors, bias, rectify, out Vector256<float> a0, out Vector256<float> b0, out Vector256<float> c0, out Vector256<float> d0);
            ReadFour(vectors + 32, bias, rectify, out Vector256<float> a1, out Vector256<float> b1, out Vector256<float> c1, out Vector256<float> d1);
            StoreEveryFourth(a0, a1, destination, plane);
            StoreEveryFourth(b0, b1, destination + plane, plane);
            StoreEveryFourth(c0, c1, destination + (2 * plane), plane);
            StoreEveryFourth(d0, d1, destination + (3 * plane), plane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScatterFour(T* vectors, TVector bias, bool rectify, float* destination, nint plane)
    {
        if (typeof(TVector) == typeof(Vector512<float>))
        {
            ReadFour(vectors, bias, rectify, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> d);
            StoreQuarters(a, destination, 4 * plane);
            StoreQuarters(b, destination + plane, 4 * plane);
            StoreQuarters(c, destination + (2 * plane), 4 * plane);
            StoreQuarters(d, destination + (3 * plane), 4 * plane);
        }
        else if (typeof(TVector) == typeof(Vector256<float>))
        {
            ReadFour(vectors, bias, rectify, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d);
            StoreHalves(a, destination, 4 * plane);
            StoreHalves(b, destination + plane, 4 * plane);
            StoreHalves(c, destination + (2 * plane), 4 * plane);
            StoreHalves(d, destination + (3 * plane), 4 * plane);
        }
        else
        {
            Vector128<float> a = Read<Vector128<float>>(vectors, bias, rectify), b = Read<Vector128<float>>(vectors + 4, bias, rectify);
            Vector128<float> c = Read<Vector128<float>>(vectors + 8, bias, rectify), d = Read<Vector128<float>>(vectors + 12, bias, rectify);
            Squares.Transpose(ref a, ref b, ref c, ref d);
            a.Store(destination);
            b.Store(destination + plane);
            c.Store(destination + (2 * plane));
            d.Store(destination + (3 * plane));
        }
    }

    // Four pixels: a then has those of channel 0 in its first quarter, of channel 4 in its second, …; b of 1, 5, …
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadFour(
        T* vectors, TVector bias, bool rectify, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> d)
    {
        a = Read<Vector512<float>>(vectors, bias, rectify);
        b = Read<Vector512<float>>(vectors + 16, bias, rectify);
        c = Read<Vector512<float>>(vectors + 32, bias, rectify);
        d = Read<Vector512<float>>(vectors + 48, bias, rectify);
        Squares.Transpose(ref a, ref b, ref c, ref d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadFour(
        T* vectors, TVector bias, bool rectify, out Vector256<float> a, out Vector256<float> b, out Vector256<float> c, out Vector256<float> d)
    {
        a = Read<Vector256<float>>(vectors, bias, rectify);
        b = Read<Vector256<float>>(vectors + 8, bias, rectify);
        c = Read<Vector256<float>>(vectors + 16, bias, rectify);
        d = Read<Vector256<float>>(vectors + 24, bias, rectify);
        Squares.Transpose(ref a, ref b, ref c, ref d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TResult Read<TResult>(T* vector, TVector bias, bool rectify)
        where TResult : struct => Unsafe.BitCast<TVector, TResult>(Finish(vector, bias, rectify));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Finish(T* vector, TVector bias, bool rectify)
    {
        TVector sum = Vectors<T, TVector, TSimd>.Add(TSimd.Load(vector), bias);
        return rectify ? Vectors<T, TVector, TSimd>.Rectify(sum) : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreEveryFourth(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* destination, nint plane)
    {
        Squares.TransposeQuarters(ref a, ref b, ref c, ref d);
        a.Store(destination);
        b.Store(destination + (4 * plane));
        c.Store(destination + (8 * plane));
        d.Store(destination + (12 * plane));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreEveryFourth(Vector256<float> a, Vector256<float> b, float* destination, nint plane)
    {
        Squares.TransposeHalves(ref a, ref b);
        a.Store(destination);
        b.Store(destination + (4 * plane));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreQuarters(Vector512<float> vector, float* destination, nint step)
    {
        StoreHalves(vector.GetLower(), destination, step);
        StoreHalves(vector.GetUpper(), destination + (2 * step), step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalves(Vector256<float> vector, float* destination, nint step)
    {
        vector.GetLower().Store(destination);
        vector.GetUpper().Store(destination + step);
    }
}
