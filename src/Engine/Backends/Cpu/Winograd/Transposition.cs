using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// Between images as they lie, channel after channel, and as the transforms want them: the same pixel of as many channels
/// as a vector has lanes, side by side.
/// </summary>
/// <remarks>
/// Four pixels of four channels are a square of 4×4 numbers, which two rounds of interleaving transpose within 128
/// bits. A wide vector does two or four such squares at once: its quarters are loaded from channels 0–3, 4–7, and so on,
/// so nothing ever crosses between quarters, which would take the processor three times as long.
/// </remarks>
internal static unsafe class Transposition<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Copies pixels of some channels to vectors, one for each pixel; channels that do not exist are zero.</summary>
    /// <param name="source">The first pixel of the first channel.</param>
    /// <param name="plane">From one channel to the next.</param>
    /// <param name="channels">Channels that exist, at most the lanes of a vector.</param>
    /// <param name="pixels">Pixels, side by side.</param>
    /// <param name="vectors">Where the vectors go, one after the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(T* source, nint plane, int channels, int pixels, T* vectors)
    {
        if (!Squares || channels < TSimd.Lanes || pixels < 4)
        {
            GatherOneByOne(source, plane, channels, pixels, vectors);
            return;
        }

        int last = pixels - 4;
        for (int j = 0; j < last; j += 4)
        {
            Gather((float*)(source + j), plane, (float*)(vectors + ((nint)j * TSimd.Lanes)));
        }

        // The last square overlaps the one before.
        Gather((float*)(source + last), plane, (float*)(vectors + ((nint)last * TSimd.Lanes)));
    }

    /// <summary>Copies vectors, one for each pixel, to some channels, adding a bias and applying the rectifier on the way.</summary>
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
        if (!Squares || channels < TSimd.Lanes || pixels < 4)
        {
            ScatterOneByOne(vectors, bias, rectify, destination, plane, channels, pixels);
            return;
        }

        int last = pixels - 4;
        for (int j = 0; j < last; j += 4)
        {
            Scatter(vectors + ((nint)j * TSimd.Lanes), bias, rectify, (float*)(destination + j), plane);
        }

        Scatter(vectors + ((nint)last * TSimd.Lanes), bias, rectify, (float*)(destination + last), plane);
    }

    // Interleaving is not among the instructions that all processors share.
    private static bool Squares => typeof(T) == typeof(float) && TSimd.Lanes >= 4 && (Sse.IsSupported || AdvSimd.Arm64.IsSupported);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(float* source, nint plane, float* vectors)
    {
        if (typeof(TVector) == typeof(Vector512<float>))
        {
            Vector512<float> c0 = Quarters(source, 4 * plane), c1 = Quarters(source + plane, 4 * plane);
            Vector512<float> c2 = Quarters(source + (2 * plane), 4 * plane), c3 = Quarters(source + (3 * plane), 4 * plane);
            Transpose(ref c0, ref c1, ref c2, ref c3);
            c0.Store(vectors);
            c1.Store(vectors + 16);
            c2.Store(vectors + 32);
            c3.Store(vectors + 48);
        }
        else if (typeof(TVector) == typeof(Vector256<float>))
        {
            Vector256<float> c0 = Halves(source, 4 * plane), c1 = Halves(source + plane, 4 * plane);
            Vector256<float> c2 = Halves(source + (2 * plane), 4 * plane), c3 = Halves(source + (3 * plane), 4 * plane);
            Transpose(ref c0, ref c1, ref c2, ref c3);
            c0.Store(vectors);
            c1.Store(vectors + 8);
            c2.Store(vectors + 16);
            c3.Store(vectors + 24);
        }
        else
        {
            Vector128<float> c0 = Vector128.Load(source), c1 = Vector128.Load(source + plane);
            Vector128<float> c2 = Vector128.Load(source + (2 * plane)), c3 = Vector128.Load(source + (3 * plane));
            Transpose(ref c0, ref c1, ref c2, ref c3);
            c0.Store(vectors);
            c1.Store(vectors + 4);
            c2.Store(vectors + 8);
            c3.Store(vectors + 12);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scatter(T* vectors, TVector bias, bool rectify, float* destination, nint plane)
    {
        TVector p0 = Finish(vectors, bias, rectify), p1 = Finish(vectors + TSimd.Lanes, bias, rectify);
        TVector p2 = Finish(vectors + (2 * TSimd.Lanes), bias, rectify), p3 = Finish(vectors + (3 * TSimd.Lanes), bias, rectify);
        if (typeof(TVector) == typeof(Vector512<float>))
        {
            Vector512<float> c0 = Unsafe.BitCast<TVector, Vector512<float>>(p0), c1 = Unsafe.BitCast<TVector, Vector512<float>>(p1);
            Vector512<float> c2 = Unsafe.BitCast<TVector, Vector512<float>>(p2), c3 = Unsafe.BitCast<TVector, Vector512<float>>(p3);
            Transpose(ref c0, ref c1, ref c2, ref c3);
            StoreQuarters(c0, destination, 4 * plane);
            StoreQuarters(c1, destination + plane, 4 * plane);
            StoreQuarters(c2, destination + (2 * plane), 4 * plane);
            StoreQuarters(c3, destination + (3 * plane), 4 * plane);
        }
        else if (typeof(TVector) == typeof(Vector256<float>))
        {
            Vector256<float> c0 = Unsafe.BitCast<TVector, Vector256<float>>(p0), c1 = Unsafe.BitCast<TVector, Vector256<float>>(p1);
            Vector256<float> c2 = Unsafe.BitCast<TVector, Vector256<float>>(p2), c3 = Unsafe.BitCast<TVector, Vector256<float>>(p3);
            Transpose(ref c0, ref c1, ref c2, ref c3);
            StoreHalves(c0, destination, 4 * plane);
            StoreHalves(c1, destination + plane, 4 * plane);
            StoreHalves(c2, destination + (2 * plane), 4 * plane);
            StoreHalves(c3, destination + (3 * plane), 4 * plane);
        }
        else
        {
            Vector128<float> c0 = Unsafe.BitCast<TVector, Vector128<float>>(p0), c1 = Unsafe.BitCast<TVector, Vector128<float>>(p1);
            Vector128<float> c2 = Unsafe.BitCast<TVector, Vector128<float>>(p2), c3 = Unsafe.BitCast<TVector, Vector128<float>>(p3);
            Transpose(ref c0, ref c1, ref c2, ref c3);
            c0.Store(destination);
            c1.Store(destination + plane);
            c2.Store(destination + (2 * plane));
            c3.Store(destination + (3 * plane));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Finish(T* vector, TVector bias, bool rectify)
    {
        TVector sum = Vectors<T, TVector, TSimd>.Add(TSimd.Load(vector), bias);
        return rectify ? Rectify(sum) : sum;
    }

    // max(0, x), but NaN for NaN: every comparison with NaN is false.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Rectify(TVector x)
    {
        if (typeof(TVector) == typeof(Vector512<T>))
        {
            Vector512<T> v = Unsafe.BitCast<TVector, Vector512<T>>(x);
            return Unsafe.BitCast<Vector512<T>, TVector>(Vector512.AndNot(v, Vector512.LessThan(v, Vector512<T>.Zero)));
        }

        if (typeof(TVector) == typeof(Vector256<T>))
        {
            Vector256<T> v = Unsafe.BitCast<TVector, Vector256<T>>(x);
            return Unsafe.BitCast<Vector256<T>, TVector>(Vector256.AndNot(v, Vector256.LessThan(v, Vector256<T>.Zero)));
        }

        if (typeof(TVector) == typeof(Vector128<T>))
        {
            Vector128<T> v = Unsafe.BitCast<TVector, Vector128<T>>(x);
            return Unsafe.BitCast<Vector128<T>, TVector>(Vector128.AndNot(v, Vector128.LessThan(v, Vector128<T>.Zero)));
        }

        T number = Unsafe.BitCast<TVector, T>(x);
        return Unsafe.BitCast<T, TVector>(number < T.Zero ? T.Zero : number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(float* source, nint step) => Vector512.Create(Halves(source, step), Halves(source + (2 * step), step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(float* source, nint step) => Vector256.Create(Vector128.Load(source), Vector128.Load(source + step));

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c, ref Vector512<float> d)
    {
        Vector512<double> abLow = Avx512F.UnpackLow(a, b).AsDouble(), abHigh = Avx512F.UnpackHigh(a, b).AsDouble();
        Vector512<double> cdLow = Avx512F.UnpackLow(c, d).AsDouble(), cdHigh = Avx512F.UnpackHigh(c, d).AsDouble();
        a = Avx512F.UnpackLow(abLow, cdLow).AsSingle();
        b = Avx512F.UnpackHigh(abLow, cdLow).AsSingle();
        c = Avx512F.UnpackLow(abHigh, cdHigh).AsSingle();
        d = Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d)
    {
        Vector256<double> abLow = Avx.UnpackLow(a, b).AsDouble(), abHigh = Avx.UnpackHigh(a, b).AsDouble();
        Vector256<double> cdLow = Avx.UnpackLow(c, d).AsDouble(), cdHigh = Avx.UnpackHigh(c, d).AsDouble();
        a = Avx.UnpackLow(abLow, cdLow).AsSingle();
        b = Avx.UnpackHigh(abLow, cdLow).AsSingle();
        c = Avx.UnpackLow(abHigh, cdHigh).AsSingle();
        d = Avx.UnpackHigh(abHigh, cdHigh).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector128<float> a, ref Vector128<float> b, ref Vector128<float> c, ref Vector128<float> d)
    {
        Vector128<double> abLow = Low(a, b).AsDouble(), abHigh = High(a, b).AsDouble();
        Vector128<double> cdLow = Low(c, d).AsDouble(), cdHigh = High(c, d).AsDouble();
        a = Vector128.Create(abLow.GetLower(), cdLow.GetLower()).AsSingle();
        b = Vector128.Create(abLow.GetUpper(), cdLow.GetUpper()).AsSingle();
        c = Vector128.Create(abHigh.GetLower(), cdHigh.GetLower()).AsSingle();
        d = Vector128.Create(abHigh.GetUpper(), cdHigh.GetUpper()).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherOneByOne(T* source, nint plane, int channels, int pixels, T* vectors)
    {
        for (int j = 0; j < pixels; j++)
        {
            for (int lane = 0; lane < TSimd.Lanes; lane++)
            {
                vectors[lane] = lane < channels ? source[(lane * plane) + j] : T.Zero;
            }

            vectors += TSimd.Lanes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScatterOneByOne(T* vectors, TVector bias, bool rectify, T* destination, nint plane, int channels, int pixels)
    {
        for (int j = 0; j < pixels; j++)
        {
            TSimd.Store(Finish(vectors, bias, rectify), vectors);
            for (int lane = 0; lane < channels; lane++)
            {
                destination[(lane * plane) + j] = vectors[lane];
            }

            vectors += TSimd.Lanes;
        }
    }
}
