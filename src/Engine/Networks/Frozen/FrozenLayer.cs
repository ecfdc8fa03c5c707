using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks.Frozen;

/// <summary>A layer that answers and learns no more: part of a <see cref="FrozenNetwork"/>.</summary>
/// <remarks>It has no way back, and its parameters stay where and what they are.</remarks>
public abstract class FrozenLayer : Layer
{
    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x, Pass pass) => Forward(x, pass, into: null);

    /// <summary>Refused: a frozen layer has no derivative.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public sealed override Tensor Backward(Tensor g, Pass pass) =>
        throw new InvalidOperationException($"{this} is frozen and has no way back. Train the network that it was made of.");

    /// <summary>y = f(x), written into a tensor that is there already where one is given.</summary>
    /// <param name="x">The input.</param>
    /// <param name="pass">A pass of inference.</param>
    /// <param name="into">A tensor of y's shape, type and device, or null for a new one.</param>
    /// <returns><paramref name="into"/> where it is given.</returns>
    internal abstract Tensor Forward(Tensor x, Pass pass, Tensor? into);

    /// <summary>Runs a layer inside a container; one that is not frozen cannot write into a given tensor, so its output is copied.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">Its input.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="into">Where to; null for a new tensor.</param>
    /// <param name="since">As for <see cref="Pass.Forward(Layer, Tensor, StepMark?)"/>.</param>
    private protected static Tensor Run(Layer layer, Tensor x, Pass pass, Tensor? into, StepMark? since = null)
    {
        if (into is null)
        {
            return pass.Forward(layer, x, since);
        }

        StepMark begin = StepMark.Now(x.Device);
        if (layer is FrozenLayer frozen && !pass.IsObserved)
        {
            frozen.Forward(x, pass, into);
        }
        else
        {
            Tensor y = pass.Forward(layer, x);
            y.CopyTo(into);
            pass.Release(y, begin);
        }

        if (since is { } mark)
        {
            pass.Release(x, mark);
        }

        return into;
    }

    /// <summary>A parameter that neither learns nor moves.</summary>
    private protected static Parameter Fixed(string name, Tensor value) => new(name, value) { Trainable = false, IsFixed = true };

    /// <summary>Refuses a pass of training.</summary>
    private protected void RequireInference(Pass pass)
    {
        if (pass.Mode != Mode.Inference)
        {
            throw new InvalidOperationException($"{this} is frozen and cannot be trained. Train the network that it was made of, and freeze it again.");
        }
    }
}
