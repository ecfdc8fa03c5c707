using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks.Frozen;

/// <summary>A frozen layer that can add something to its output while it is at hand: the body of a residual block.</summary>
internal interface IFusesAddition
{
    /// <summary>Whether it does: a layer with an activation of its own has nothing to add before it.</summary>
    bool CanAdd { get; }

    /// <summary>y = f(layer(x) + addend).</summary>
    /// <param name="x">The input.</param>
    /// <param name="pass">A pass of inference that nobody observes.</param>
    /// <param name="into">Where to: a tensor of y's shape, type and device, which may be the addend.</param>
    /// <param name="addend">A tensor like y.</param>
    /// <param name="activation">f, or null for none.</param>
    /// <returns><paramref name="into"/>, or a new tensor where that is what the convolution still reads.</returns>
    Tensor Forward(Tensor x, Pass pass, Tensor into, Tensor addend, Activation? activation);
}
