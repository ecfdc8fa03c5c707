using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>A layer that on its way back can go through the activation before it, too: what that gave is the layer's own input.</summary>
/// <remarks>The derivative of an activation can be written in its output, so it is one more factor while ∂L/∂x is at hand, and saves a pass over memory.</remarks>
public interface IFusesActivationBefore
{
    /// <summary>The way back through the layer and the activation before it: ∂L/∂u with x = e(u), with ∂L/∂θ added to the parameters' gradients.</summary>
    /// <param name="g">∂L/∂y.</param>
    /// <param name="pass">The pass that went forward.</param>
    /// <param name="before">e.</param>
    Tensor Backward(Tensor g, Pass pass, Activation before);
}
