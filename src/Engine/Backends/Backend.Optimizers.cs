using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>Gradient descent, for many parameters at once: θ −= η·g; with momentum μ: v = μ·v + g, θ −= η·v.</summary>
    /// <param name="items">The parameters, all of one type, each with its gradient.</param>
    /// <param name="rate">η.</param>
    /// <param name="momentum">μ; 0 leaves velocities alone.</param>
    /// <param name="guard">Int32 [], or null: where it holds anything but 0, nothing moves.</param>
    public abstract void SgdStep(ReadOnlySpan<SgdItem> items, double rate, double momentum, Tensor? guard = null);

    /// <summary>
    /// Adam (Kingma and Ba, 2015, algorithm 1), for many parameters at once: m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g²,
    /// θ −= η·(m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
    /// </summary>
    /// <param name="items">The parameters, all of one type, each with its gradient and moments.</param>
    /// <param name="settings">η, β₁, β₂, ε.</param>
    /// <param name="step">t, from 1.</param>
    /// <param name="guard">Int32 [], or null: where it holds anything but 0, nothing moves.</param>
    public abstract void AdamStep(ReadOnlySpan<AdamItem> items, in AdamSettings settings, long step, Tensor? guard = null);
}

/// <summary>A parameter that gradient descent moves. All tensors have one shape.</summary>
/// <param name="Gradient">g = ∂L/∂θ.</param>
/// <param name="Velocity">v, updated; null without momentum.</param>
/// <param name="Theta">θ, updated.</param>
public readonly record struct SgdItem(Tensor Gradient, Tensor? Velocity, Tensor Theta);

/// <summary>A parameter that Adam moves. All tensors have one shape.</summary>
/// <param name="Gradient">g = ∂L/∂θ.</param>
/// <param name="M">First moment, updated.</param>
/// <param name="V">Second moment, updated.</param>
/// <param name="Theta">θ, updated.</param>
public readonly record struct AdamItem(Tensor Gradient, Tensor M, Tensor V, Tensor Theta);

/// <summary>The constants of Adam.</summary>
/// <param name="Rate">η, the learning rate.</param>
/// <param name="Beta1">β₁, decay of the first moment.</param>
/// <param name="Beta2">β₂, decay of the second moment.</param>
/// <param name="Epsilon">ε, keeps the quotient finite.</param>
public readonly record struct AdamSettings(double Rate, double Beta1, double Beta2, double Epsilon);
