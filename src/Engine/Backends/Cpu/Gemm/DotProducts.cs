using System.Numerics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>y += a·bᵀ, row against row, on the widest vectors that the processor has.</summary>
/// <inheritdoc cref="DotKernel{T, TVector, TSimd}.Run" path="/param"/>
internal readonly unsafe struct DotProducts<T>(int m, int n, int depth, T* a, nint aRow, T* b, nint bRow, T* y, nint yRow) : IWidthRoutine<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run<TVector, TSimd>()
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector> => DotKernel<T, TVector, TSimd>.Run(m, n, depth, a, aRow, b, bRow, y, yRow);
}
