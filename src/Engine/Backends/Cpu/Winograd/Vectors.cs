using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// What the transforms do to vectors, all of it by the one instruction that every width has: a sum is a
/// multiply–add with the factor 1, which rounds as a sum does and takes no longer.
/// </summary>
internal static unsafe class Vectors<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(TVector a, TVector b) => TSimd.MultiplyAdd(a, TSimd.Broadcast(T.One), b);

    /// <summary>a − b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Subtract(TVector a, TVector b) => TSimd.MultiplyAdd(b, TSimd.Broadcast(T.NegativeOne), a);

    /// <summary>factor · a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Scale(double factor, TVector a) => TSimd.MultiplyAdd(a, Constant(factor), default);

    /// <summary>factor · a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(double factor, TVector a, TVector b) => TSimd.MultiplyAdd(a, Constant(factor), b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Constant(double value) => TSimd.Broadcast(
        typeof(T) == typeof(float) ? (T)(object)(float)value : (T)(object)value);
}
