using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Losses;

/// <summary>
/// Categorical cross-entropy of a softmax, on one-hot targets: L = −1/N · Σₙ Σ_c t[n,c]·ln p[n,c], p = softmax(x).
/// </summary>
/// <remarks>
/// Takes the logits x, not p: with ln p[c] = x[c] − ln Σⱼ e^x[j] (log-sum-exp, the maximum taken out) nothing overflows
/// and no logarithm of 0 is taken. The softmax's derivative cancels against the logarithm's: from
/// ∂ln p[c]/∂x[i] = δ[c,i] − p[i],
///   ∂L/∂x[n,i] = (p[n,i]·Σ_c t[n,c] − t[n,i]) / N = (p − t) / N where each row of t sums to 1.
/// Targets may be any distribution, such as smoothed labels. (Bishop, section 4.3.4; decks F, S.)
/// </remarks>
public sealed class CategoricalCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor prediction, Tensor target, Pass pass)
    {
        if (prediction.Shape.Rank != 2 || prediction.Shape != target.Shape)
        {
            throw Mismatch($"logits are {prediction.Shape}, targets {target.Shape}; both must be N×C. "
                + $"For integer labels use {nameof(SparseCategoricalCrossEntropy)}.");
        }

        Tensor probabilities = Tensor.Like(prediction);
        Tensor loss = new([], prediction.DType, prediction.Device);
        Backend.Of(prediction, target).SoftmaxCrossEntropyForward(prediction, target, probabilities, loss);
        pass.Save(probabilities);
        pass.Save(target);
        return loss;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Pass pass)
    {
        Tensor target = pass.Restore(), probabilities = pass.Restore();
        Tensor dx = Tensor.Like(probabilities);
        Backend.Of(dx).SoftmaxCrossEntropyBackward(probabilities, target, dx);
        return dx;
    }

    /// <summary>softmax(x).</summary>
    public override Tensor Probabilities(Tensor prediction) => SparseCategoricalCrossEntropy.SoftmaxOf(prediction);
}
