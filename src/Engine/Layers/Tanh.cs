using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Hyperbolic tangent: y = tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).</summary>
/// <remarks>
/// dy/dx = 1 − y², so ∂L/∂x = g·(1 − y²). The activation of LeNet-5 (LeCun et al., 1998; decks F, R).
/// </remarks>
public sealed class Tanh : ElementwiseLayer, IActivationLayer
{
    /// <inheritdoc/>
    public Activation Activation => Activation.Tanh;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        Tensor y = pass.Reuse(x);
        Backend.Of(x).ActivationForward(Activation, x, y);
        pass.Save(y);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        Tensor y = pass.Restore();
        Tensor dx = pass.Reuse(g);
        Backend.Of(g, y).ActivationBackward(Activation, y, g, dx);
        return dx;
    }
}
