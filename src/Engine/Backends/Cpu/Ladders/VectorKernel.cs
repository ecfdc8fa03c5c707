using System.Numerics;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>A rung that is written for vectors of any width.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal interface IVectorKernel<T>
    where T : unmanaged
{
    /// <summary>Computes with one width.</summary>
    void Run<TVector, TSimd>()
        where TVector : struct
        where TSimd : ISimd<T, TVector>;
}

/// <summary>Runs rungs with the widest vectors that the processor has.</summary>
internal static class VectorKernel
{
    /// <summary>Runs a rung.</summary>
    public static void Run<T, TKernel>(in TKernel kernel)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TKernel : IVectorKernel<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            kernel.Run<Vector512<T>, Simd512<T>>();
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            kernel.Run<Vector256<T>, Simd256<T>>();
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            kernel.Run<Vector128<T>, Simd128<T>>();
        }
        else
        {
            kernel.Run<T, Scalar<T>>();
        }
    }
}
