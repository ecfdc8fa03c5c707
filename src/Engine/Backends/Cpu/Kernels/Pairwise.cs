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
/// <see cref="Block"/> elements are added up in the lanes of a vector, at most 128 additions after another, and the
/// blocks' sums pairwise. Everything is done in the tensor's own type, in an order that depends on sizes only.
/// </remarks>
internal static unsafe class Pairwise
{
    private const int Block = 1024;

    // Additions after another in a block of short rows.
    private const int BlockRows = 64;

    /// <summary>The sum of a strip: its lanes hold the sums of elements 0, W, 2W … of the rows, of 1, W + 1 … and so on.</summary>
    /// <param name="a">The strip's beginning in one tensor.</param>
    /// <param name="b">The strip's beginning in another; the same where terms need only one.</param>
    /// <param name="strip">What to add up.</param>
    /// <param name="term">What to make of each pair of elements.</param>
    public static Vector512<T> Sum<T, TTerm>(T* a, T* b, Strip strip, TTerm term)
        where T : unmanaged
        where TTerm : unmanaged, ITerm<T>
    {
        if (strip.Rows == 1)
        {
            return Row(a, b, strip.Length, term);
        }

        if (strip.Rows <= BlockRows && strip.Length <= Vector512<T>.Count)
        {
            return ShortRows(a, b, strip, term);
        }

        int half = strip.Rows / 2;
        int offset = half * strip.Stride;
        return Sum(a, b, strip with { Rows = half }, term)
            + Sum(a + offset, b + offset, strip with { Rows = strip.Rows - half }, term);
    }

    /// <summary>The sum of n elements that follow each other.</summary>
    public static T Sum<T, TTerm>(T* a, T* b, int n, TTerm term)
        where T : unmanaged
        where TTerm : unmanaged, ITerm<T> => Lanes.Sum(Row(a, b, n, term));

    private static Vector512<T> Row<T, TTerm>(T* a, T* b, int n, TTerm term)
        where T : unmanaged
        where TTerm : unmanaged, ITerm<T>
    {
        if (n <= Block)
        {
            return BlockSum(a, b, n, term);
        }

        int half = (n / 2) & -Block;
        if (half == 0)
        {
            half = Block;
        }

        return Row(a, b, half, term) + Row(a + half, b + half, n - half, term);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<T> BlockSum<T, TTerm>(T* a, T* b, int n, TTerm term)
        where T : unmanaged
        where TTerm : unmanaged, ITerm<T>
    {
        // Four sums side by side hide the latency of addition.
        Vector512<T> s0 = default, s1 = default, s2 = default, s3 = default;
        int width = Vector512<T>.Count;
        int i = 0;
        for (; i <= n - (4 * width); i += 4 * width)
        {
            s0 += term.Invoke(Vector512.Load(a + i), Vector512.Load(b + i));
            s1 += term.Invoke(Vector512.Load(a + i + width), Vector512.Load(b + i + width));
            s2 += term.Invoke(Vector512.Load(a + i + (2 * width)), Vector512.Load(b + i + (2 * width)));
            s3 += term.Invoke(Vector512.Load(a + i + (3 * width)), Vector512.Load(b + i + (3 * width)));
        }

        for (; i < n; i += width)
        {
            s0 += Lanes.Keep(term.Invoke(Lanes.Load(a + i, n - i), Lanes.Load(b + i, n - i)), n - i, default);
        }

        return s0 + s1 + (s2 + s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<T> ShortRows<T, TTerm>(T* a, T* b, Strip strip, TTerm term)
        where T : unmanaged
        where TTerm : unmanaged, ITerm<T>
    {
        Vector512<T> sum = default;
        for (int row = 0; row < strip.Rows; row++)
        {
            sum += term.Invoke(Lanes.Load(a, strip.Length), Lanes.Load(b, strip.Length));
            a += strip.Stride;
            b += strip.Stride;
        }

        return Lanes.Keep(sum, strip.Length, default);
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
