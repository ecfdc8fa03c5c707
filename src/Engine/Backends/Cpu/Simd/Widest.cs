using System.Numerics;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Simd;

/// <summary>A loop written for a register of any width.</summary>
internal interface IWidthRoutine<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Runs the loop on registers of one width.</summary>
    void Run<TVector, TSimd>()
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>;
}

/// <summary>Runs a loop on the widest registers that the processor has.</summary>
internal static class Widest
{
    /// <summary>Numbers in the widest register.</summary>
    public static int Lanes<T>()
        where T : unmanaged => Vector512.IsHardwareAccelerated ? Vector512<T>.Count
        : Vector256.IsHardwareAccelerated ? Vector256<T>.Count
        : Vector128.IsHardwareAccelerated ? Vector128<T>.Count
        : 1;

    /// <summary>Runs it.</summary>
    public static void Run<T, TRoutine>(in TRoutine routine)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TRoutine : struct, IWidthRoutine<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            routine.Run<Vector512<T>, Simd512<T>>();
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            routine.Run<Vector256<T>, Simd256<T>>();
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            routine.Run<Vector128<T>, Simd128<T>>();
        }
        else
        {
            routine.Run<T, Scalar<T>>();
        }
    }
}
