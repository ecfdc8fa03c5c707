using Engine.Tensors;

namespace Engine.Layers;

/// <summary>A layer that keeps the shape of its input.</summary>
public abstract class ElementwiseLayer : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;
}
