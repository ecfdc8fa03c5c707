using Engine.Layers;
using Engine.Tensors;

namespace Engine.Formats;

/// <summary>A parameter as PyTorch knows it.</summary>
/// <param name="Name">Its name in a state dictionary: "layer1.0.conv1.weight".</param>
/// <param name="Parameter">The parameter here.</param>
/// <param name="IsTransposed">Whether rows there are columns here.</param>
public sealed record PyTorchParameter(string Name, Parameter Parameter, bool IsTransposed)
{
    /// <summary>Its shape there.</summary>
    public Shape Shape => IsTransposed ? [Parameter.Shape[1], Parameter.Shape[0]] : Parameter.Shape;
}
