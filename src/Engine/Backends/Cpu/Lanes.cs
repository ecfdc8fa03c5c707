using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu;

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
        where T : unmanaged => count >= Vector256<T>.Count ? vector : KeepPart(vector, count, beyond);

    private static Vector256<T> LoadPart<T>(T* p, int count)
        where T : unmanaged
    {
        Vector256<T> vector = default;
        T* lanes = (T*)&vector;
        for (int i = 0; i < count; i++)
        {
            lanes[i] = p[i];
        }

        return vector;
    }

    private static void StorePart<T>(Vector256<T> vector, T* p, int count)
        where T : unmanaged
    {
        T* lanes = (T*)&vector;
        for (int i = 0; i < count; i++)
        {
            p[i] = lanes[i];
        }
    }

    private static Vector256<T> KeepPart<T>(Vector256<T> vector, int count, T beyond)
        where T : unmanaged
    {
        T* lanes = (T*)&vector;
        for (int i = count; i < Vector256<T>.Count; i++)
        {
            lanes[i] = beyond;
        }

        return vector;
    }
}
