using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>
/// Loads and stores of vectors that may reach over the end of a row: only <c>count</c> lanes touch memory.
/// </summary>
/// <remarks>
/// So every formula is written once, for <see cref="Vector256{T}"/>, and the tail of a row goes through the same
/// arithmetic as the rest: an element's result does not depend on where it lies. The width is fixed, and with it the
/// order of every sum, on every processor.
/// </remarks>
internal static unsafe class Lanes
{
    /// <summary>The first <paramref name="count"/> elements at p, or a whole vector where there are more; zeros beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load<T>(T* p, int count)
        where T : unmanaged => count >= Vector256<T>.Count ? Vector256.Load(p) : LoadPart(p, count);

    /// <summary>Writes the first <paramref name="count"/> lanes, or all where there is room for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector256<T> vector, T* p, int count)
        where T : unmanaged
    {
        if (count >= Vector256<T>.Count)
        {
            vector.Store(p);
        }
        else
        {
            StorePart(vector, p, count);
        }
    }

    /// <summary>The vector with the lanes from <paramref name="count"/> on replaced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Keep<T>(Vector256<T> vector, int count, T beyond)
        where T : unmanaged => count >= Vector256<T>.Count
        ? vector
        : Vector256.ConditionalSelect(First<T>(count), vector, Vector256.Create(beyond));

    /// <summary>As many elements as a vector has lanes, a stride apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Every<T>(T* p, int stride)
        where T : unmanaged => stride switch
        {
            1 => Vector256.Load(p),

            // From two vectors that overlap in one element, so that nothing behind the last one is read.
            2 => Vector256.Create(
                EvenFirst(Vector256.Load(p)).GetLower(),
                EvenFirst(Vector256.Load(p + Vector256<T>.Count - 1)).GetUpper()),
            _ => OneByOne(p, stride),
        };

    // The lanes 0, 2, 4 …, then 1, 3, 5 …
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> EvenFirst<T>(Vector256<T> vector)
        where T : unmanaged => sizeof(T) == sizeof(float)
        ? Vector256.Shuffle(vector.AsInt32(), Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7)).As<int, T>()
        : Vector256.Shuffle(vector.AsInt64(), Vector256.Create(0L, 2, 1, 3)).As<long, T>();

    private static Vector256<T> OneByOne<T>(T* p, int stride)
        where T : unmanaged
    {
        Vector256<T> vector = default;
        for (int i = 0; i < Vector256<T>.Count; i++)
        {
            ((T*)&vector)[i] = p[(nint)i * stride];
        }

        return vector;
    }

    // All bits set in the first lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> First<T>(int count)
        where T : unmanaged => sizeof(T) == sizeof(int)
        ? Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).As<int, T>()
        : Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)count)).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> LoadPart<T>(T* p, int count)
        where T : unmanaged
    {
        if (Avx.IsSupported)
        {
            return sizeof(T) == sizeof(float)
                ? Avx.MaskLoad((float*)p, First<T>(count).AsSingle()).As<float, T>()
                : Avx.MaskLoad((double*)p, First<T>(count).AsDouble()).As<double, T>();
        }

        Vector256<T> vector = default;
        new ReadOnlySpan<T>(p, count).CopyTo(new Span<T>(&vector, count));
        return vector;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePart<T>(Vector256<T> vector, T* p, int count)
        where T : unmanaged
    {
        if (!Avx.IsSupported)
        {
            new ReadOnlySpan<T>(&vector, count).CopyTo(new Span<T>(p, count));
        }
        else if (sizeof(T) == sizeof(float))
        {
            Avx.MaskStore((float*)p, First<T>(count).AsSingle(), vector.AsSingle());
        }
        else
        {
            Avx.MaskStore((double*)p, First<T>(count).AsDouble(), vector.AsDouble());
        }
    }
}
