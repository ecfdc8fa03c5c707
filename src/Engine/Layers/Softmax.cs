using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Softmax over the last axis: yᵢ = e^xᵢ / Σⱼ e^xⱼ, positive numbers that sum to 1.</summary>
/// <remarks>
/// ∂yⱼ/∂xᵢ = yⱼ·(δᵢⱼ − yᵢ): every output depends on every input of its row. The chain rule sums over j:
///   ∂L/∂xᵢ = Σⱼ gⱼ·yⱼ·(δᵢⱼ − yᵢ) = yᵢ·(gᵢ − Σⱼ gⱼ·yⱼ).
/// Adding a constant to a row changes nothing, so each row of ∂L/∂x sums to 0. For training a classifier leave this
/// layer out and use <c>CategoricalCrossEntropy</c> on the logits, which fuses the two. (Decks F, S.)
/// </remarks>
public sealed class Softmax : ElementwiseLayer
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        Tensor y = Tensor.Like(x);
        Backend.Of(x).SoftmaxForward(x, y);
        pass.Save(y);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        Tensor y = pass.Restore();
        Tensor dx = Tensor.Like(g);
        Backend.Of(g, y).SoftmaxBackward(y, g, dx);
        return dx;
    }
}
