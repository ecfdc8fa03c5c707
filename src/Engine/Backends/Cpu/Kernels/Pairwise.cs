using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>A term of a sum, made of the elements that two tensors have in the same place.</summary>
internal interface ITerm<T>
    where T : unmanaged
{
    Vector512<T> Invoke(Vector512<T> a, Vector512<T> b);
}

/// <summary>Sums by halves: Σ over n elements = Σ over the first half + Σ over the second.</summary>
/// <remarks>
/// The error grows with log n instead of n (Higham, "The accuracy of floating point summation", 1993): blocks of
/// <see cref="Block"/> elements are added up in the lanes of vectors, at most 64 additions after another, and the
/// blocks' sums pairwise. Everything is done in the tensor's own type, in an order that depends on sizes only.
/// </remarks>
internal static unsafe class Pairwise
{
    /// <summary>The most elements that are added up in one go.</summary>
    public const int Block = 2048;

    /// <summary>The sum of a strip: its lanes hold the sums of elements 0, W, 2W … of the rows, of 1, W + 1 … and so on.</summary>
    /// <param name="a">The strip's beginning in one tensor.</param>
    /// <param name="b">The strip's beginning in another; the same where terms need only one.</param>
    /// <param name="strip">What to add up.</param>
    /// <param name="term">What to make of each pair of elements.</param>
    public static Vector512<T> Sum<T, TTerm>(T* a, T* b, Strip strip, TTerm term)
        where T : unmanaged
        where TTerm : unmanaged, ITerm<T>
    {
        if (strip.IsWithin<T>(Block))
        {
            return strip.Length <= Vector512<T>.Count ? ShortRows(a, b, strip, term) : Rows(a, b, strip, term);
        }

        (Strip first, Strip second, int offset) = strip.Halves();
        return Sum(a, b, first, term) + Sum(a + offset, b + offset, second, term);
    }

    /// <summary>The sum of n elements that follow each other.</summary>
    public static T Sum<T, TTerm>(T* a, T* b, int n, TTerm term)
        where T : unmanaged
        where TTerm : unmanaged, ITerm<T> => Lanes.Sum(Sum(a, b, new Strip(1, n, n), term));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<T> Rows<T, TTerm>(T* a, T* b, Strip strip, TTerm term)
        where T : unmanaged
        where TTerm : unmanaged, ITerm<T>
    {
        // Four sums side by side hide the latency of addition.
        Vector512<T> s0 = default, s1 = default, s2 = default, s3 = default;
        // Rows are far apart, and processors look ahead within a page at most: the next row is asked for meanwhile.
        int width = Vector512<T>.Count, n = strip.Length, next = strip.Stride;
        for (int row = 0; row < strip.Rows; row++)
        {
            int i = 0;
            for (; i <= n - (4 * width); i += 4 * width)
            {
                Lanes.Prefetch(a + next + i);
                Lanes.Prefetch(a + next + i + width);
                Lanes.Prefetch(a + next + i + (2 * width));
                Lanes.Prefetch(a + next + i + (3 * width));
                s0 += term.Invoke(Vector512.Load(a + i), Vector512.Load(b + i));
                s1 += term.Invoke(Vector512.Load(a + i + width), Vector512.Load(b + i + width));
                s2 += term.Invoke(Vector512.Load(a + i + (2 * width)), Vector512.Load(b + i + (2 * width)));
                s3 += term.Invoke(Vector512.Load(a + i + (3 * width)), Vector512.Load(b + i + (3 * width)));
            }

            for (; i <= n - width; i += width)
            {
                s0 += term.Invoke(Vector512.Load(a + i), Vector512.Load(b + i));
            }

            if (i < n)
            {
                s1 += Lanes.Keep(term.Invoke(Lanes.Load(a + i, n - i), Lanes.Load(b + i, n - i)), n - i, default);
            }

            a += strip.Stride;
            b += strip.Stride;
        }

        return s0 + s1 + (s2 + s3);
    }

    // Rows of at most one vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<T> ShortRows<T, TTerm>(T* a, T* b, Strip strip, TTerm term)
        where T : unmanaged
        where TTerm : unmanaged, ITerm<T>
    {
        Vector512<T> even = default, odd = default;
        int row = 0;
        for (; row < strip.Rows - 1; row += 2)
        {
            even += term.Invoke(Lanes.Load(a, strip.Length), Lanes.Load(b, strip.Length));
            a += strip.Stride;
            b += strip.Stride;
            odd += term.Invoke(Lanes.Load(a, strip.Length), Lanes.Load(b, strip.Length));
            a += strip.Stride;
            b += strip.Stride;
        }

        if (row < strip.Rows)
        {
            even += term.Invoke(Lanes.Load(a, strip.Length), Lanes.Load(b, strip.Length));
        }

        return Lanes.Keep(even + odd, strip.Length, default);
    }
}

/// <summary>Σ a.</summary>
internal readonly struct Value<T> : ITerm<T>
    where T : unmanaged
{
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a;
}

/// <summary>Σ a·b.</summary>
internal readonly struct PairProduct<T> : ITerm<T>
    where T : unmanaged
{
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a * b;
}
