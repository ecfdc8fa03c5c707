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
    /// <param name="into">A tensor of y's shape, type and device, or null for a new one.</param>
    /// <param name="addend">A tensor like y, in memory of its own.</param>
    /// <param name="activation">f, or null for none.</param>
    Tensor Forward(Tensor x, Pass pass, Tensor? into, Tensor addend, Activation? activation);
}
