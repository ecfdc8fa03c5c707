using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// The most sums that the direct kernels keep in registers: 8 rows of 3 vectors where there are 32 registers of 512 bits,
/// 6 of 2 elsewhere.
/// </summary>
internal static class DirectTile<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>The most rows.</summary>
    public static int Rows => IsWide ? 8 : Math.Min(6, TSimd.TileRows);

    /// <summary>The most vectors of a row.</summary>
    public static int Vectors => IsWide ? 3 : 2;

    private static unsafe bool IsWide => TSimd.Lanes * sizeof(T) == 64;
}
