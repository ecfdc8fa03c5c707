using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Losses;

/// <summary>Mean squared error: L = 1/n · Σ (ŷᵢ − yᵢ)² over all n elements.</summary>
/// <remarks>
/// ∂L/∂ŷᵢ = 2·(ŷᵢ − yᵢ)/n. Its root, RMSE, is in the prediction's unit. (Deck F, line fit; Bishop, section 1.1.)
/// </remarks>
public sealed class MeanSquaredError : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor prediction, Tensor target, Pass pass)
    {
        if (prediction.Shape != target.Shape)
        {
            throw Mismatch($"the prediction is {prediction.Shape}, the target {target.Shape}; they must agree.");
        }

        Tensor difference = prediction - target;
        pass.Save(difference);
        return (difference * difference).Mean();
    }

    /// <inheritdoc/>
    public override Tensor Backward(Pass pass)
    {
        Tensor difference = pass.Restore();
        return difference * (2.0 / difference.ElementCount);
    }
}
