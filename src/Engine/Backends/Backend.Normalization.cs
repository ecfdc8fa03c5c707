using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>
    /// Per channel c over batch and positions, m values in all: μ = mean x, σ² = mean (x − μ)²,
    /// y = γ·(x − μ)/√(σ² + ε) + β.
    /// </summary>
    /// <param name="x">N×C or N×C×H×W.</param>
    /// <param name="gamma">γ: C.</param>
    /// <param name="beta">β: C.</param>
    /// <param name="epsilon">ε, keeps the root from zero.</param>
    /// <param name="y">Like x.</param>
    /// <param name="mean">μ: C.</param>
    /// <param name="variance">σ²: C, the biased one (divided by m).</param>
    public abstract void BatchNormalizationForward(
        Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor y, Tensor mean, Tensor variance);

    /// <summary>y = γ·(x − μ)/√(σ² + ε) + β with μ and σ² given.</summary>
    public abstract void BatchNormalizationInference(
        Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon, Tensor y);

    /// <summary>
    /// With x̂ = (x − μ)/√(σ² + ε): dγ += Σ g·x̂, dβ += Σ g, and
    /// dx = γ/√(σ² + ε) · (g − mean g − x̂·mean(g·x̂)).
    /// </summary>
    /// <param name="x">What was normalized.</param>
    /// <param name="g">∂L/∂y.</param>
    /// <param name="gamma">γ.</param>
    /// <param name="mean">μ of the forward pass.</param>
    /// <param name="variance">σ² of the forward pass.</param>
    /// <param name="epsilon">ε of the forward pass.</param>
    /// <param name="dx">Overwritten.</param>
    /// <param name="dgamma">Added to; null where it is not wanted.</param>
    /// <param name="dbeta">Added to; null where it is not wanted.</param>
    public abstract void BatchNormalizationBackward(
        Tensor x, Tensor g, Tensor gamma, Tensor mean, Tensor variance, double epsilon, Tensor dx, Tensor? dgamma, Tensor? dbeta);

    /// <summary>
    /// The backward pass where μ and σ² were given constants: dx = γ/√(σ² + ε)·g, dγ += Σ g·x̂, dβ += Σ g.
    /// </summary>
    /// <inheritdoc cref="BatchNormalizationBackward" path="/param"/>
    public abstract void BatchNormalizationInferenceBackward(
        Tensor x, Tensor g, Tensor gamma, Tensor mean, Tensor variance, double epsilon, Tensor dx, Tensor? dgamma, Tensor? dbeta);
}
