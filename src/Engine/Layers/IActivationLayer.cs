using Engine.Backends;

namespace Engine.Layers;

/// <summary>A layer that is one of the back ends' activation functions and saves its output, nothing else.</summary>
public interface IActivationLayer
{
    /// <summary>Which function.</summary>
    Activation Activation { get; }
}
