using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Four blocks of <see cref="Philox"/> at a time, one in each lane of 64 bits.</summary>
internal static unsafe class PhiloxBlocks
{
    /// <summary>How many numbers four blocks give.</summary>
    public const int Numbers = 16;

    /// <summary>The numbers of the four blocks from a counter on, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(ulong block, ulong stream, ulong seed, uint* numbers)
    {
        Vector256<ulong> low = Vector256.Create(uint.MaxValue).AsUInt64() >>> 32;
        Vector256<ulong> multiplier0 = Vector256.Create(0xD2511F53UL), multiplier1 = Vector256.Create(0xCD9E8D57UL);
        Vector256<ulong> counter = Vector256.Create(block) + Vector256<ulong>.Indices;
        Vector256<ulong> c0 = counter & low, c1 = counter >>> 32;
        Vector256<ulong> c2 = Vector256.Create(stream & uint.MaxValue), c3 = Vector256.Create(stream >> 32);
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            Vector256<ulong> p0 = Multiply(multiplier0, c0), p1 = Multiply(multiplier1, c2);
            (c0, c1) = ((p1 >>> 32) ^ c1 ^ Vector256.Create((ulong)k0), p1 & low);
            (c2, c3) = ((p0 >>> 32) ^ c3 ^ Vector256.Create((ulong)k1), p0 & low);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        // Each block's numbers next to each other: x0 and x1 in one lane, x2 and x3 in the next.
        Vector256<ulong> first = c0 | (c1 << 32), second = c2 | (c3 << 32);
        ulong* pairs = (ulong*)numbers;
        for (int lane = 0; lane < 4; lane++)
        {
            pairs[2 * lane] = first[lane];
            pairs[(2 * lane) + 1] = second[lane];
        }
    }

    // The products of numbers below 2³².
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> a, Vector256<ulong> b) =>
        Avx2.IsSupported ? Avx2.Multiply(a.AsUInt32(), b.AsUInt32()) : a * b;
}
