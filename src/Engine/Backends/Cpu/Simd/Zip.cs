using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Engine.Backends.Cpu.Simd;

/// <summary>Two registers of 128 bits interleaved, number by number: what turning squares and adding up across registers are made of.</summary>
internal static unsafe class Zip
{
    /// <summary>Whether the processor has an instruction for it.</summary>
    public static bool IsSupported => Sse2.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>a₀ b₀ a₁ b₁; of doubles a₀ b₀.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Low<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged
    {
        if (Sse2.IsSupported)
        {
            return sizeof(T) == sizeof(float)
                ? Sse.UnpackLow(a.AsSingle(), b.AsSingle()).As<float, T>()
                : Sse2.UnpackLow(a.AsDouble(), b.AsDouble()).As<double, T>();
        }

        return sizeof(T) == sizeof(float)
            ? AdvSimd.Arm64.ZipLow(a.AsSingle(), b.AsSingle()).As<float, T>()
            : AdvSimd.Arm64.ZipLow(a.AsDouble(), b.AsDouble()).As<double, T>();
    }

    /// <summary>a₂ b₂ a₃ b₃; of doubles a₁ b₁.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> High<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged
    {
        if (Sse2.IsSupported)
        {
            return sizeof(T) == sizeof(float)
                ? Sse.UnpackHigh(a.AsSingle(), b.AsSingle()).As<float, T>()
                : Sse2.UnpackHigh(a.AsDouble(), b.AsDouble()).As<double, T>();
        }

        return sizeof(T) == sizeof(float)
            ? AdvSimd.Arm64.ZipHigh(a.AsSingle(), b.AsSingle()).As<float, T>()
            : AdvSimd.Arm64.ZipHigh(a.AsDouble(), b.AsDouble()).As<double, T>();
    }
}
