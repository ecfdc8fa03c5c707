using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// How many sums a convolution's kernels keep in registers: with 32 registers 8 rows of 3, with 16 registers 6 of 2. A kernel
/// that looks up an offset for each of its rows has no pointers left for the 14 rows of a matrix product's tile.
/// </summary>
internal static class LaneTile<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    /// <summary>The most rows.</summary>
    public static int Rows => IsWide ? 8 : Math.Min(6, TSimd.TileRows);

    /// <summary>The most vectors of a row.</summary>
    public static int Vectors => IsWide ? 3 : Math.Min(2, TSimd.TileVectors);

    // 512 bits.
    private static bool IsWide => Unsafe.SizeOf<TVector>() == 64;
}
