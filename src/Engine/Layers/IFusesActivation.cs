using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>A layer that can apply the activation after it while it still has its output at hand.</summary>
/// <remarks>
/// Small steps spend their time on going through memory, and on a GPU on starting kernels. A network lets such a layer
/// do the forward pass of the activation too; the numbers are the same, and so is what the two layers save, so each goes
/// back by itself.
/// </remarks>
public interface IFusesActivation
{
    /// <summary>f(y) for the layer's y.</summary>
    /// <param name="x">The input.</param>
    /// <param name="pass">Where to save what the layer's own Backward needs.</param>
    /// <param name="activation">f, or null for none.</param>
    Tensor Forward(Tensor x, Pass pass, Activation? activation);
}
