using System.Numerics;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    /// <remarks>NaN stays NaN, the rectifier's too, so that it can be traced to where it arose.</remarks>
    public override void ActivationForward(Activation activation, Tensor x, Tensor y)
    {
        Require.Alike(x, y);
        if (Require.Float32(x))
        {
            ActivationForward<float>(activation, x, y);
        }
        else
        {
            ActivationForward<double>(activation, x, y);
        }
    }

    /// <inheritdoc/>
    public override void ActivationBackward(Activation activation, Tensor y, Tensor g, Tensor dx)
    {
        Require.Alike(y, g);
        Require.Alike(y, dx);
        if (Require.Float32(y))
        {
            ActivationBackward<float>(activation, y, g, dx);
        }
        else
        {
            ActivationBackward<double>(activation, y, g, dx);
        }
    }

    private static void ActivationForward<T>(Activation activation, Tensor x, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (activation)
        {
            case Activation.Relu:
                Map<T, Relu<T>>(default, x, y);
                break;
            case Activation.Logistic:
                Map<T, Logistic<T>>(default, x, y);
                break;
            case Activation.Tanh:
                Map<T, Tanh<T>>(default, x, y);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an Activation.");
        }
    }

    private static void ActivationBackward<T>(Activation activation, Tensor y, Tensor g, Tensor dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (activation)
        {
            case Activation.Relu:
                Map<T, ReluBackward<T>>(default, y, g, dx);
                break;
            case Activation.Logistic:
                Map<T, LogisticBackward<T>>(default, y, g, dx);
                break;
            case Activation.Tanh:
                Map<T, TanhBackward<T>>(default, y, g, dx);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an Activation.");
        }
    }
}
