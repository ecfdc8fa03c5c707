using System.Collections;
using Engine.Backends;
using Engine.Layers;
using Engine.Networks.Frozen;
using Engine.Tensors;

namespace Engine.Networks;

/// <summary>
/// A chain of layers, itself a layer: forward in order, backward in reverse.
/// </summary>
/// <remarks>
/// y = f_L(… f₂(f₁(x))), so by the chain rule ∂L/∂x = J₁ᵀ·(J₂ᵀ·(… (J_Lᵀ·g))): each layer's Backward is one of these
/// products, the last layer first. Written as a collection: <c>new Network { new Flatten(), new Dense(784, 10, random) }</c>.
/// </remarks>
public sealed class Network : Layer, IEnumerable<Layer>
{
    private readonly List<Layer> layers = [];

    /// <summary>The layers, first to last.</summary>
    public override IReadOnlyList<Layer> Children => layers;

    /// <summary>Appends a layer. One without a name is named by its type and number: "conv2d2". A layer may be added twice: both uses share its weights.</summary>
    /// <exception cref="ArgumentException">Another layer here has that name already.</exception>
    public void Add(Layer layer)
    {
        if (!layer.HasName)
        {
            layer.Name = $"{layer.DefaultName}{layers.Distinct().Count(l => l.DefaultName == layer.DefaultName) + 1}";
        }

        if (layers.Any(l => l != layer && l.Name == layer.Name))
        {
            throw new ArgumentException($"The network has a layer '{layer.Name}' already; names must differ.");
        }

        layers.Add(layer);
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        foreach (Layer layer in layers)
        {
            input = layer.OutputShape(input);
        }

        return input;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        // What a layer gives is needed by the next one alone.
        StepMark begin = StepMark.Now(x.Device);
        for (int i = 0; i < layers.Count; i++)
        {
            if (Fused(i, pass) is { } activation)
            {
                // Two layers in one pass over memory; each finds what it needs on its own way back.
                x = pass.Forward((IFusesActivation)layers[i], x, activation, begin);
                i++;
            }
            else
            {
                x = pass.Forward(layers[i], x, begin);
            }
        }

        return x;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        int lastUnwanted = pass.WantsInputGradient(this) ? -1 : FirstThatLearns();
        StepMark begin = StepMark.Now(g.Device);
        for (int i = layers.Count - 1; i >= 0; i--)
        {
            if (i > 0 && Fused(i - 1, pass) is { } activation)
            {
                i--;
                g = pass.Backward((IFusesActivation)layers[i], g, activation, i > lastUnwanted, begin);
            }
            else if (i > 0 && !pass.IsObserved && layers[i] is IFusesActivationBefore fusing && layers[i - 1] is IActivationLayer before)
            {
                i--;
                g = pass.Backward(fusing, g, before.Activation, i > lastUnwanted, begin);
            }
            else
            {
                g = pass.Backward(layers[i], g, i > lastUnwanted, begin);
            }
        }

        return g;
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        long total = 0;
        foreach (Layer layer in layers)
        {
            total += layer.MultiplyAdds(input);
            input = layer.OutputShape(input);
        }

        return total;
    }

    // What no layer before this one learns from need not go back any further.
    private int FirstThatLearns()
    {
        int first = layers.FindIndex(l => l.Learns);
        return first < 0 ? layers.Count : first;
    }

    // The activation that a layer does together with its own work; null where there is none, or where someone looks in between.
    private Activation? Fused(int i, Pass pass) =>
        !pass.IsObserved && layers[i] is IFusesActivation && i + 1 < layers.Count && layers[i + 1] is IActivationLayer next ? next.Activation : null;

    /// <summary>Runs the network in inference mode, saving nothing.</summary>
    public Tensor Predict(Tensor x) => Forward(x, new Pass(Mode.Inference));

    /// <summary>Makes of the network, once it is trained, one for answers alone, which answers faster: <see cref="FrozenNetwork"/> says how.</summary>
    /// <remarks>The network stays as it is. Of later changes to it the frozen one knows nothing, or some, and not others: freeze it anew.</remarks>
    /// <param name="input">The shape that the samples will usually have, batch size first. Others can be answered, too.</param>
    /// <exception cref="ShapeException">The network cannot take such samples.</exception>
    public FrozenNetwork Freeze(Shape input)
    {
        OutputShape(input);
        Device device = NamedParameters() is [var (_, first), ..] ? first.Value.Device : Device.Cpu;
        using OutsideScope here = StepScope.Outside(Device.Cpu);
        using OutsideScope there = StepScope.Outside(device);
        return Freezer.Freeze(this, input);
    }

    /// <summary>The layers, first to last.</summary>
    public IEnumerator<Layer> GetEnumerator() => layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
