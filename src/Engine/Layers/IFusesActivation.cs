using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>A layer that can apply the activation after it while it still has its output at hand, and go back through both.</summary>
/// <remarks>
/// Small steps spend their time on going through memory, and on a GPU on starting kernels. A network lets such a layer
/// do the work of the activation too; the numbers are the same, and so is what the two save on the pass: the layer what it
/// needs, then y = f(…) for the activation.
/// </remarks>
public interface IFusesActivation
{
    /// <summary>f(y) for the layer's y.</summary>
    /// <param name="x">The input.</param>
    /// <param name="pass">Where to save what the layer's own Backward needs.</param>
    /// <param name="activation">f, or null for none.</param>
    Tensor Forward(Tensor x, Pass pass, Activation? activation);

    /// <summary>The way back through f and the layer: ∂L/∂x, with ∂L/∂θ added to the parameters' gradients.</summary>
    /// <param name="g">∂L/∂y, y being what f gave.</param>
    /// <param name="pass">The pass that went forward.</param>
    /// <param name="activation">f.</param>
    /// <param name="y">What f gave.</param>
    Tensor Backward(Tensor g, Pass pass, Activation activation, Tensor y)
    {
        // A layer that gains nothing by doing both at once does one after the other.
        Tensor h = pass.Reuse(g);
        Backend.Of(g, y).ActivationBackward(activation, y, g, h);
        pass.Release(y);
        return ((Layer)this).Backward(h, pass);
    }
}
