using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>
    /// Per channel c over batch and positions, m values in all: μ = mean x, σ² = mean (x − μ)²,
    /// y = f(γ·(x − μ)/√(σ² + ε) + β).
    /// </summary>
    /// <param name="x">N×C or N×C×H×W.</param>
    /// <param name="gamma">γ: C.</param>
    /// <param name="beta">β: C.</param>
    /// <param name="epsilon">ε, keeps the root from zero.</param>
    /// <param name="y">Like x.</param>
    /// <param name="mean">μ: C.</param>
    /// <param name="variance">σ²: C, the biased one (divided by m).</param>
    /// <param name="activation">f, or null for none: what a layer would apply next, without another pass over memory.</param>
    public abstract void BatchNormalizationForward(
        Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor y, Tensor mean, Tensor variance, Activation? activation = null);

    /// <summary>y = f(γ·(x − μ)/√(σ² + ε) + β) with μ and σ² given.</summary>
    /// <inheritdoc cref="BatchNormalizationForward" path="/param"/>
    public abstract void BatchNormalizationInference(
        Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon, Tensor y, Activation? activation = null);

    /// <summary>
    /// With x̂ = (x − μ)/√(σ² + ε) and h = g·f′(y), or g without an activation: dγ += Σ h·x̂, dβ += Σ h, and
    /// dx = γ/√(σ² + ε) · (h − mean h − x̂·mean(h·x̂)).
    /// </summary>
    /// <param name="x">What was normalized.</param>
    /// <param name="g">∂L/∂y.</param>
    /// <param name="gamma">γ.</param>
    /// <param name="mean">μ of the forward pass.</param>
    /// <param name="variance">σ² of the forward pass.</param>
    /// <param name="epsilon">ε of the forward pass.</param>
    /// <param name="dx">Overwritten. With an activation it may be g.</param>
    /// <param name="dgamma">Added to; null where it is not wanted.</param>
    /// <param name="dbeta">Added to; null where it is not wanted.</param>
    /// <param name="activation">f of the forward pass, or null for none.</param>
    /// <param name="y">What the forward pass gave, f applied; needed where there is an f.</param>
    /// <param name="before">The activation e that x came of: dx is then ∂L/∂u with x = e(u), another factor e′, written in x. Null for none.</param>
    public abstract void BatchNormalizationBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation = null,
        Tensor? y = null,
        Activation? before = null);

    /// <summary>
    /// The backward pass where μ and σ² were given constants: dx = γ/√(σ² + ε)·h, dγ += Σ h·x̂, dβ += Σ h.
    /// </summary>
    /// <inheritdoc cref="BatchNormalizationBackward" path="/param"/>
    public abstract void BatchNormalizationInferenceBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation = null,
        Tensor? y = null,
        Activation? before = null);
}
