using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Makes a row of numbers of each sample: N×C×H×W becomes N×(C·H·W). The numbers stay where they are.</summary>
/// <remarks>
/// A change of name for each element, so ∂L/∂x is g under x's shape.
/// </remarks>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input.Rank >= 1
        ? [input[0], input.ElementCount / input[0]]
        : throw Mismatch("input is a scalar, expected a batch.");

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        pass.Save(x);
        return x.Reshape(OutputShape(x.Shape));
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass) => g.Reshape(pass.Restore().Shape);
}
