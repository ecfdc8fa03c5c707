using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Logistic activation, also called sigmoid: y = σ(x) = 1 / (1 + e⁻ˣ).</summary>
/// <remarks>
/// dy/dx = e⁻ˣ / (1 + e⁻ˣ)² = y·(1 − y), so ∂L/∂x = g·y·(1 − y). (Decks W, R.)
/// </remarks>
public sealed class Logistic : ElementwiseLayer, IActivationLayer
{
    /// <inheritdoc/>
    public Activation Activation => Activation.Logistic;

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
