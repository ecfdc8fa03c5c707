using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>Gradient descent: θ −= η·g; with momentum μ: v = μ·v + g, θ −= η·v.</summary>
    /// <param name="g">∂L/∂θ.</param>
    /// <param name="rate">η.</param>
    /// <param name="momentum">μ; 0 leaves <paramref name="velocity"/> alone.</param>
    /// <param name="velocity">v, or null without momentum.</param>
    /// <param name="theta">θ, updated.</param>
    public abstract void SgdStep(Tensor g, double rate, double momentum, Tensor? velocity, Tensor theta);

    /// <summary>
    /// Adam (Kingma and Ba, 2015, algorithm 1): m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g²,
    /// θ −= η·(m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
    /// </summary>
    /// <param name="g">∂L/∂θ.</param>
    /// <param name="settings">η, β₁, β₂, ε.</param>
    /// <param name="step">t, from 1.</param>
    /// <param name="m">First moment, updated.</param>
    /// <param name="v">Second moment, updated.</param>
    /// <param name="theta">θ, updated.</param>
    public abstract void AdamStep(Tensor g, in AdamSettings settings, long step, Tensor m, Tensor v, Tensor theta);
}

/// <summary>The constants of Adam.</summary>
/// <param name="Rate">η, the learning rate.</param>
/// <param name="Beta1">β₁, decay of the first moment.</param>
/// <param name="Beta2">β₂, decay of the second moment.</param>
/// <param name="Epsilon">ε, keeps the quotient finite.</param>
public readonly record struct AdamSettings(double Rate, double Beta1, double Beta2, double Epsilon);
