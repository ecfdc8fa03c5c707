using Engine.Layers;
using Engine.Tensors;

namespace Engine.Losses;

/// <summary>How wrong a prediction is: one number, and its derivative with respect to the prediction.</summary>
/// <remarks>
/// A loss ends the way forward and begins the way back: <see cref="Backward"/> takes no gradient, because ∂L/∂L = 1.
/// All losses are means over the batch, so that a learning rate does not depend on the batch size.
/// </remarks>
public abstract class Loss
{
    /// <summary>L, a scalar.</summary>
    /// <param name="prediction">What the network gave.</param>
    /// <param name="target">What it should have given.</param>
    /// <param name="pass">Where to save what <see cref="Backward"/> will need.</param>
    /// <exception cref="ShapeException">Prediction and target do not fit together.</exception>
    public abstract Tensor Forward(Tensor prediction, Tensor target, Pass pass);

    /// <summary>∂L/∂prediction, of the prediction's shape.</summary>
    /// <param name="pass">The pass that went forward.</param>
    public abstract Tensor Backward(Pass pass);

    /// <summary>The network's raw output as the user wants to see it: probabilities for a loss that works on logits.</summary>
    public virtual Tensor Probabilities(Tensor prediction) => prediction;

    private protected ShapeException Mismatch(string what) => new($"{GetType().Name}: {what}");
}
