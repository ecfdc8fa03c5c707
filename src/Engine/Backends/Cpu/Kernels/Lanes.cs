using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>
/// Loads and stores of vectors that may reach over the end of a row: only <c>count</c> lanes touch memory.
/// </summary>
/// <remarks>
/// So every formula is written once, for <see cref="Vector512{T}"/>, and the tail of a row goes through the same
/// arithmetic as the rest: an element's result does not depend on where it lies. With AVX-512 such a vector is one
/// register; elsewhere the JIT makes two of 256 bits of it, or four of 128, and each operation as many instructions.
/// The width is fixed, and with it the order of every sum: the bits are the same on every processor.
/// </remarks>
internal static unsafe class Lanes
{
    /// <summary>The first <paramref name="count"/> elements at p, or a whole vector where there are more; zeros beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load<T>(T* p, int count)
        where T : unmanaged => count >= Vector512<T>.Count ? Vector512.Load(p) : LoadPart(p, count);

    /// <summary>Writes the first <paramref name="count"/> lanes, or all where there is room for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector512<T> vector, T* p, int count)
        where T : unmanaged
    {
        if (count >= Vector512<T>.Count)
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
    public static Vector512<T> Keep<T>(Vector512<T> vector, int count, T beyond)
        where T : unmanaged => count >= Vector512<T>.Count
        ? vector
        : Vector512.ConditionalSelect(First<T>(count), vector, Vector512.Create(beyond));

    /// <summary>Asks for the cache line at p, where the processor can: for what will be needed soon and lies where it does not look by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<T>(T* p)
        where T : unmanaged
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(p);
        }
    }

    /// <summary>The sum of a vector's lanes: of the two halves, of their halves, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector512<T> vector)
        where T : unmanaged
    {
        Vector256<T> half = vector.GetLower() + vector.GetUpper();
        Vector128<T> sum = half.GetLower() + half.GetUpper();
        sum += Vector128.Shuffle(sum.AsInt64(), Vector128.Create(1L, 0)).As<long, T>();
        return sizeof(T) == sizeof(double)
            ? sum[0]
            : (sum + Vector128.Shuffle(sum.AsInt32(), Vector128.Create(1, 0, 3, 2)).As<int, T>())[0];
    }

    /// <summary>As many elements as a vector of 256 bits has lanes, a stride apart.</summary>
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

    /// <summary>The lanes 0, 2, 4 …, then 1, 3, 5 …</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> EvenFirst<T>(Vector256<T> vector)
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
    private static Vector512<T> First<T>(int count)
        where T : unmanaged => sizeof(T) == sizeof(int)
        ? Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).As<int, T>()
        : Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)count)).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> LoadPart<T>(T* p, int count)
        where T : unmanaged
    {
        if (!Avx.IsSupported)
        {
            return Gather(p, count);
        }

        Vector512<T> mask = First<T>(count);
        if (sizeof(T) == sizeof(float))
        {
            return Avx512F.IsSupported
                ? Avx512F.MaskLoad((float*)p, mask.AsSingle(), default).As<float, T>()
                : Vector512.Create(
                    Avx.MaskLoad((float*)p, mask.GetLower().AsSingle()),
                    Avx.MaskLoad((float*)p + Vector256<float>.Count, mask.GetUpper().AsSingle())).As<float, T>();
        }

        return Avx512F.IsSupported
            ? Avx512F.MaskLoad((double*)p, mask.AsDouble(), default).As<double, T>()
            : Vector512.Create(
                Avx.MaskLoad((double*)p, mask.GetLower().AsDouble()),
                Avx.MaskLoad((double*)p + Vector256<double>.Count, mask.GetUpper().AsDouble())).As<double, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePart<T>(Vector512<T> vector, T* p, int count)
        where T : unmanaged
    {
        if (!Avx.IsSupported)
        {
            Scatter(vector, p, count);
            return;
        }

        Vector512<T> mask = First<T>(count);
        if (sizeof(T) == sizeof(float))
        {
            if (Avx512F.IsSupported)
            {
                Avx512F.MaskStore((float*)p, mask.AsSingle(), vector.AsSingle());
            }
            else
            {
                Avx.MaskStore((float*)p, mask.GetLower().AsSingle(), vector.GetLower().AsSingle());
                Avx.MaskStore((float*)p + Vector256<float>.Count, mask.GetUpper().AsSingle(), vector.GetUpper().AsSingle());
            }
        }
        else if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore((double*)p, mask.AsDouble(), vector.AsDouble());
        }
        else
        {
            Avx.MaskStore((double*)p, mask.GetLower().AsDouble(), vector.GetLower().AsDouble());
            Avx.MaskStore((double*)p + Vector256<double>.Count, mask.GetUpper().AsDouble(), vector.GetUpper().AsDouble());
        }
    }

    // Not inlined: a vector whose address is taken does not live in a register.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<T> Gather<T>(T* p, int count)
        where T : unmanaged
    {
        Vector512<T> vector = default;
        new ReadOnlySpan<T>(p, count).CopyTo(new Span<T>(&vector, count));
        return vector;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Scatter<T>(Vector512<T> vector, T* p, int count)
        where T : unmanaged => new ReadOnlySpan<T>(&vector, count).CopyTo(new Span<T>(p, count));
}
