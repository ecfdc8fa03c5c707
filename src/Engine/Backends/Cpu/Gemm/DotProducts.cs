using System.Numerics;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>Products with a transposed right operand, row against row, on the widest vectors that the processor has.</summary>
internal static unsafe class DotProducts
{
    /// <inheritdoc cref="DotKernel{T, TVector, TSimd}.Run"/>
    public static void Accumulate<T>(int m, int n, int depth, T* a, nint aRow, T* b, nint bRow, T* y, nint yRow)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            DotKernel<T, Vector512<T>, Simd512<T>>.Run(m, n, depth, a, aRow, b, bRow, y, yRow);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            DotKernel<T, Vector256<T>, Simd256<T>>.Run(m, n, depth, a, aRow, b, bRow, y, yRow);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            DotKernel<T, Vector128<T>, Simd128<T>>.Run(m, n, depth, a, aRow, b, bRow, y, yRow);
        }
        else
        {
            DotKernel<T, T, Scalar<T>>.Run(m, n, depth, a, aRow, b, bRow, y, yRow);
        }
    }
}
