using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Losses;

/// <summary>
/// Binary cross-entropy of a logistic unit: L = −mean(t·ln p + (1 − t)·ln(1 − p)), p = σ(x).
/// </summary>
/// <remarks>
/// Takes the logit x, not p: −ln σ(x) = ln(1 + e⁻ˣ), so each term is max(x, 0) − x·t + ln(1 + e^−|x|), which neither
/// overflows nor loses a confident mistake's cost. The logistic's derivative p·(1 − p) cancels:
///   ∂L/∂x = (p − t) / n.
/// (Deck R: misplaced confidence costs without bound; Bishop, section 4.3.2.)
/// </remarks>
public sealed class BinaryCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor prediction, Tensor target, Pass pass)
    {
        if (prediction.Shape != target.Shape)
        {
            throw Mismatch($"logits are {prediction.Shape}, targets {target.Shape}; they must agree.");
        }

        Tensor probabilities = Tensor.Like(prediction);
        Tensor loss = new([], prediction.DType, prediction.Device);
        Backend.Of(prediction, target).LogisticCrossEntropyForward(prediction, target, probabilities, loss);
        pass.Save(probabilities);
        pass.Save(target);
        return loss;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Pass pass)
    {
        Tensor target = pass.Restore(), probabilities = pass.Restore();
        return (probabilities - target) * (1.0 / target.ElementCount);
    }

    /// <summary>σ(x).</summary>
    public override Tensor Probabilities(Tensor prediction)
    {
        Tensor probabilities = Tensor.Like(prediction);
        Backend.Of(prediction).ActivationForward(Activation.Logistic, prediction, probabilities);
        return probabilities;
    }
}
