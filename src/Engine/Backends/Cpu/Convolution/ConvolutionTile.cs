using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>How large a tile of sums the kernels of this folder hold in registers at most: what the register file of a width has room for.</summary>
/// <remarks>
/// It is not the matrix product's tile. There a row of b is loaded once for all rows of a; here every number of x is spread
/// over a vector by itself, so squarer tiles pay.
/// </remarks>
internal static unsafe class ConvolutionTile<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>Rows: 8 where there are 32 registers, otherwise 6.</summary>
    public static int Rows => TSimd.Lanes * sizeof(T) == 64 ? 8 : 6;

    /// <summary>Vectors in a row: 3 where there are 32 registers, otherwise 2.</summary>
    public static int Vectors => TSimd.Lanes * sizeof(T) == 64 ? 3 : 2;
}
