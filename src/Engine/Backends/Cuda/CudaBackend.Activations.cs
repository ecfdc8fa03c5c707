using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override void ActivationForward(Activation activation, Tensor x, Tensor y)
    {
        Require.Alike(x, y);
        Require.Float32(x);
        LaunchTiles("activations", Forward(activation), x.DType, x.ElementCount, At(x), At(y), x.ElementCount);
    }

    /// <inheritdoc/>
    public override void ActivationBackward(Activation activation, Tensor y, Tensor g, Tensor dx)
    {
        Require.Alike(y, g);
        Require.Alike(y, dx);
        Require.Float32(y);
        LaunchTiles("activations", Backward(activation), y.DType, y.ElementCount, At(y), At(g), At(dx), y.ElementCount);
    }

    private void ActivateInPlace(Activation? activation, Tensor y)
    {
        if (activation is { } f)
        {
            ActivationForward(f, y, y);
        }
    }

    private static string Forward(Activation activation) => activation switch
    {
        Activation.Relu => "relu_forward",
        Activation.Logistic => "logistic_forward",
        Activation.Tanh => "tanh_forward",
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an Activation."),
    };

    private static string Backward(Activation activation) => activation switch
    {
        Activation.Relu => "relu_backward",
        Activation.Logistic => "logistic_backward",
        Activation.Tanh => "tanh_backward",
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an Activation."),
    };
}
