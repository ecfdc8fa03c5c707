using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Kernels;

namespace Engine.Backends.Cpu;

/// <summary>Distances between rows, and rows asked for ahead.</summary>
/// <remarks>
/// A cache finds a line's place by the low bits of its address. Rows a power of two apart would all compete for the same
/// few places, and push each other out while most of the cache lies idle.
/// </remarks>
internal static unsafe class CacheLines
{
    // The line of x86 and of most ARM processors. Where lines are twice as long, half the places are still used.
    private const int Bytes = 64;

    /// <summary>So many numbers, and some more, to make an odd number of cache lines of them.</summary>
    public static nint OddStride<T>(nint count)
        where T : unmanaged
    {
        nint lines = ((count * sizeof(T)) + Bytes - 1) / Bytes;
        return (lines | 1) * Bytes / sizeof(T);
    }

    /// <summary>Asks for some numbers of each of some rows that lie far apart, so that they are there when they are needed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PrefetchRows<T>(T* first, nint step, int rows, int columns)
        where T : unmanaged
    {
        for (int row = 0; row < rows; row++, first += step)
        {
            for (int j = 0; j < columns; j += Bytes / sizeof(T))
            {
                Lanes.Prefetch(first + j);
            }
        }
    }
}
