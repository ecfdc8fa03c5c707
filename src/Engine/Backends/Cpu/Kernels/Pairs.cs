using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Neighbours in a row, two by two: what pooling with windows of two columns side by side takes together and gives back apart.</summary>
internal static unsafe class Pairs
{
    /// <summary>a₀ + a₁, a₂ + a₃ … of the lanes of two vectors, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sums<T>(Vector512<T> first, Vector512<T> second)
        where T : unmanaged
    {
        if (Avx512F.IsSupported && sizeof(T) == sizeof(float))
        {
            Vector512<int> even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            return Avx512F.PermuteVar16x32x2(first.AsInt32(), even, second.AsInt32()).As<int, T>()
                + Avx512F.PermuteVar16x32x2(first.AsInt32(), even | Vector512<int>.One, second.AsInt32()).As<int, T>();
        }

        return Vector512.Create(Sums(first.GetLower(), first.GetUpper()), Sums(second.GetLower(), second.GetUpper()));
    }

    /// <summary>a₀, a₀, a₁, a₁ …: two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<T> First, Vector512<T> Second) Twice<T>(Vector512<T> a)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(float))
        {
            // As a whole number of 64 bits of which both halves are the number's bits.
            (Vector512<ulong> first, Vector512<ulong> second) = Vector512.Widen(a.AsUInt32());
            return ((first | (first << 32)).As<ulong, T>(), (second | (second << 32)).As<ulong, T>());
        }

        return (Twice(a.GetLower()), Twice(a.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Sums<T>(Vector256<T> first, Vector256<T> second)
        where T : unmanaged
    {
        (first, second) = (Lanes.EvenFirst(first), Lanes.EvenFirst(second));
        return Vector256.Create(first.GetLower(), second.GetLower()) + Vector256.Create(first.GetUpper(), second.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Twice<T>(Vector256<T> a)
        where T : unmanaged => Vector512.Create(
            Vector256.Shuffle(a.AsInt64(), Vector256.Create(0L, 0, 1, 1)), Vector256.Shuffle(a.AsInt64(), Vector256.Create(2L, 2, 3, 3))).As<long, T>();
}
