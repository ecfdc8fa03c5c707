using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Eight blocks of <see cref="Philox"/> at a time, one in each lane of 64 bits.</summary>
internal static unsafe class PhiloxBlocks
{
    /// <summary>How many numbers eight blocks give.</summary>
    public const int Numbers = 32;

    /// <summary>The numbers of the eight blocks from a counter on, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(ulong block, ulong stream, ulong seed, uint* numbers)
    {
        Vector512<ulong> multiplier0 = Vector512.Create(0xD2511F53UL), multiplier1 = Vector512.Create(0xCD9E8D57UL);
        Vector512<ulong> c0 = Vector512.Create(block) + Vector512<ulong>.Indices, c1 = c0 >>> 32;
        Vector512<ulong> c2 = Vector512.Create(stream), c3 = Vector512.Create(stream >> 32);
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            // The numbers are the lower halves of the lanes; what is in the upper ones does not reach a product.
            Vector512<ulong> p0 = Multiply(multiplier0, c0), p1 = Multiply(multiplier1, c2);
            (c0, c1) = ((p1 >>> 32) ^ c1 ^ Vector512.Create((ulong)k0), p1);
            (c2, c3) = ((p0 >>> 32) ^ c3 ^ Vector512.Create((ulong)k1), p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        // Each block's numbers next to each other: x0 and x1 in one lane, x2 and x3 in the next.
        Vector512<ulong> low = Vector512.Create((ulong)uint.MaxValue), first = (c0 & low) | (c1 << 32), second = (c2 & low) | (c3 << 32);
        Interleave(first.GetLower(), second.GetLower()).Store((ulong*)numbers);
        Interleave(first.GetUpper(), second.GetUpper()).Store((ulong*)numbers + Vector512<ulong>.Count);
    }

    // a₀ b₀ a₁ b₁ …
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Interleave(Vector256<ulong> a, Vector256<ulong> b) =>
        Vector512.Shuffle(Vector512.Create(a, b), Vector512.Create(0UL, 4, 1, 5, 2, 6, 3, 7));

    // The products of the lower halves of the lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Multiply(Vector512<ulong> a, Vector512<ulong> b)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Multiply(a.AsUInt32(), b.AsUInt32());
        }

        return Avx2.IsSupported
            ? Vector512.Create(
                Avx2.Multiply(a.GetLower().AsUInt32(), b.GetLower().AsUInt32()),
                Avx2.Multiply(a.GetUpper().AsUInt32(), b.GetUpper().AsUInt32()))
            : a * (b & Vector512.Create((ulong)uint.MaxValue));
    }
}
