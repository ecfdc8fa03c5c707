using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Kernels;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>What a layer would apply to y next, applied by the job that has just computed a part of y, while it is in the cache.</summary>
internal static unsafe class Epilogue
{
    /// <summary>y = f(y) for so many numbers; nothing where there is no f.</summary>
    public static void Activate<T>(Activation? activation, T* y, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (activation)
        {
            case null:
                break;
            case Activation.Relu:
                Map<T, Relu<T>>(y, count);
                break;
            case Activation.Logistic:
                Map<T, Logistic<T>>(y, count);
                break;
            case Activation.Tanh:
                Map<T, Tanh<T>>(y, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an Activation.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map<T, TOperator>(T* y, int count)
        where T : unmanaged
        where TOperator : unmanaged, IUnaryOperator<T>
    {
        TOperator f = default;
        int i = 0;
        for (; i <= count - Vector512<T>.Count; i += Vector512<T>.Count)
        {
            f.Invoke(Vector512.Load(y + i)).Store(y + i);
        }

        if (i < count)
        {
            Lanes.Store(f.Invoke(Lanes.Load(y + i, count - i)), y + i, count - i);
        }
    }
}
