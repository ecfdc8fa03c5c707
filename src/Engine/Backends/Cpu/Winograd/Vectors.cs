using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>What the transforms do to vectors of any width.</summary>
internal static unsafe class Vectors<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(TVector a, TVector b) => TSimd.Add(a, b);

    /// <summary>a − b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Subtract(TVector a, TVector b) => TSimd.MultiplyAdd(b, Spread(-1), a);

    /// <summary>factor · a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Scale(double factor, TVector a) => TSimd.MultiplyAdd(a, Spread(factor), default);

    /// <summary>factor · a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Add(double factor, TVector a, TVector b) => TSimd.MultiplyAdd(a, Spread(factor), b);

    /// <summary>max(0, a), but NaN for NaN: every comparison with NaN is false.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Rectify(TVector a)
    {
        if (typeof(TVector) == typeof(Vector512<T>))
        {
            Vector512<T> v = Unsafe.BitCast<TVector, Vector512<T>>(a);
            return Unsafe.BitCast<Vector512<T>, TVector>(Vector512.AndNot(v, Vector512.LessThan(v, Vector512<T>.Zero)));
        }

        if (typeof(TVector) == typeof(Vector256<T>))
        {
            Vector256<T> v = Unsafe.BitCast<TVector, Vector256<T>>(a);
            return Unsafe.BitCast<Vector256<T>, TVector>(Vector256.AndNot(v, Vector256.LessThan(v, Vector256<T>.Zero)));
        }

        if (typeof(TVector) == typeof(Vector128<T>))
        {
            Vector128<T> v = Unsafe.BitCast<TVector, Vector128<T>>(a);
            return Unsafe.BitCast<Vector128<T>, TVector>(Vector128.AndNot(v, Vector128.LessThan(v, Vector128<T>.Zero)));
        }

        T number = Unsafe.BitCast<TVector, T>(a);
        return Unsafe.BitCast<T, TVector>(number < T.Zero ? T.Zero : number);
    }

    // A constant in every lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Spread(double value)
    {
        T number = typeof(T) == typeof(float) ? (T)(object)(float)value : (T)(object)value;
        return TSimd.Broadcast(number);
    }
}
