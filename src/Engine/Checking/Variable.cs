using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>A tensor that a function is differentiated by.</summary>
/// <param name="Name">"x" for the input, "prediction" for a loss, else the parameter's path.</param>
/// <param name="Value">Its value, Float64.</param>
/// <param name="Parameter">The parameter it belongs to, or null for the input.</param>
public sealed record Variable(string Name, Tensor Value, Parameter? Parameter = null)
{
    /// <summary>An element's name: "weight[2, 0]".</summary>
    internal string Element(int flat)
    {
        int[] indices = new int[Value.Shape.Rank];
        for (int axis = 0; axis < indices.Length; axis++)
        {
            indices[axis] = flat / Value.Shape.Stride(axis) % Value.Shape[axis];
        }

        return $"{Name}[{string.Join(", ", indices)}]";
    }
}
