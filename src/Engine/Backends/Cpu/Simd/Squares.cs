using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Backends.Cpu.Simd;

/// <summary>Squares of numbers in vectors, transposed.</summary>
/// <remarks>
/// Four vectors hold a square of 4×4 in every 128 bits. Interleaving a with b and c with d pairs the numbers, interleaving
/// the pairs makes columns of them: two rounds of four instructions, none of which crosses 128 bits. What lies in which
/// quarter of a vector is exchanged by another two rounds where it must be.
/// </remarks>
internal static class Squares
{
    /// <summary>Whether the processor has the instructions: interleaving is not among those that all share.</summary>
    public static bool IsSupported => Zip.IsSupported;

    /// <summary>Transposes four squares side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c, ref Vector512<float> d)
    {
        Vector512<double> abLow = Avx512F.UnpackLow(a, b).AsDouble(), abHigh = Avx512F.UnpackHigh(a, b).AsDouble();
        Vector512<double> cdLow = Avx512F.UnpackLow(c, d).AsDouble(), cdHigh = Avx512F.UnpackHigh(c, d).AsDouble();
        a = Avx512F.UnpackLow(abLow, cdLow).AsSingle();
        b = Avx512F.UnpackHigh(abLow, cdLow).AsSingle();
        c = Avx512F.UnpackLow(abHigh, cdHigh).AsSingle();
        d = Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle();
    }

    /// <summary>Transposes two squares side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref Vector256<float> a, ref Vector256<float> b, ref Vector256<float> c, ref Vector256<float> d)
    {
        Vector256<double> abLow = Avx.UnpackLow(a, b).AsDouble(), abHigh = Avx.UnpackHigh(a, b).AsDouble();
        Vector256<double> cdLow = Avx.UnpackLow(c, d).AsDouble(), cdHigh = Avx.UnpackHigh(c, d).AsDouble();
        a = Avx.UnpackLow(abLow, cdLow).AsSingle();
        b = Avx.UnpackHigh(abLow, cdLow).AsSingle();
        c = Avx.UnpackLow(abHigh, cdHigh).AsSingle();
        d = Avx.UnpackHigh(abHigh, cdHigh).AsSingle();
    }

    /// <summary>Transposes a square.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref Vector128<float> a, ref Vector128<float> b, ref Vector128<float> c, ref Vector128<float> d)
    {
        Vector128<float> ac0 = Zip.Low(a, c), ac2 = Zip.High(a, c), bd0 = Zip.Low(b, d), bd2 = Zip.High(b, d);
        a = Zip.Low(ac0, bd0);
        b = Zip.High(ac0, bd0);
        c = Zip.Low(ac2, bd2);
        d = Zip.High(ac2, bd2);
    }

    /// <summary>Transposes the quarters of four vectors: quarter i of vector j becomes quarter j of vector i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeQuarters(ref Vector512<float> a, ref Vector512<float> b, ref Vector512<float> c, ref Vector512<float> d)
    {
        // 0x88 takes the even quarters of both, 0xDD the odd ones.
        Vector512<float> abEven = Avx512F.Shuffle4x128(a, b, 0x88), abOdd = Avx512F.Shuffle4x128(a, b, 0xDD);
        Vector512<float> cdEven = Avx512F.Shuffle4x128(c, d, 0x88), cdOdd = Avx512F.Shuffle4x128(c, d, 0xDD);
        a = Avx512F.Shuffle4x128(abEven, cdEven, 0x88);
        b = Avx512F.Shuffle4x128(abOdd, cdOdd, 0x88);
        c = Avx512F.Shuffle4x128(abEven, cdEven, 0xDD);
        d = Avx512F.Shuffle4x128(abOdd, cdOdd, 0xDD);
    }

    /// <summary>Exchanges the upper half of one vector for the lower half of the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransposeHalves(ref Vector256<float> a, ref Vector256<float> b)
    {
        Vector256<float> lower = Avx.Permute2x128(a, b, 0x20);
        b = Avx.Permute2x128(a, b, 0x31);
        a = lower;
    }
}
