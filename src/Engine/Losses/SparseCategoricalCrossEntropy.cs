using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Losses;

/// <summary>
/// Categorical cross-entropy of a softmax, on integer labels: L = −1/N · Σₙ ln p[n, tₙ], p = softmax(x).
/// </summary>
/// <remarks>
/// The same number as <see cref="CategoricalCrossEntropy"/> on the labels' one-hot rows, without the rows:
///   ∂L/∂x[n,i] = (p[n,i] − 1{i = tₙ}) / N.
/// (Deck F: sparse categorical cross-entropy.)
/// </remarks>
public sealed class SparseCategoricalCrossEntropy : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor prediction, Tensor target, Pass pass)
    {
        if (prediction.Shape.Rank != 2 || target.DType != DType.Int32 || target.Shape != new Shape(prediction.Shape[0]))
        {
            throw Mismatch($"logits are {prediction.Shape}, labels {target.DType} {target.Shape}; expected N×C and Int32 [N]. "
                + $"For one-hot targets use {nameof(CategoricalCrossEntropy)}.");
        }

        Tensor probabilities = Tensor.Like(prediction);
        Tensor loss = new([], prediction.DType, prediction.Device);
        Backend.Of(prediction).SoftmaxCrossEntropyForward(prediction, target, probabilities, loss);
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
    public override Tensor Probabilities(Tensor prediction) => SoftmaxOf(prediction);

    internal static Tensor SoftmaxOf(Tensor logits)
    {
        Tensor probabilities = Tensor.Like(logits);
        Backend.Of(logits).SoftmaxForward(logits, probabilities);
        return probabilities;
    }
}
