using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>What a pass through a network is for.</summary>
public enum Mode
{
    /// <summary>Learning: dropout drops, batch normalization uses the batch's own statistics.</summary>
    Training,

    /// <summary>Predicting: dropout is the identity, batch normalization uses its running statistics.</summary>
    Inference,
}

/// <summary>
/// One trip through a network, forward and back. On the way forward a layer <see cref="Save"/>s what its derivative
/// needs; on the way back it <see cref="Restore"/>s it, last in, first out.
/// </summary>
/// <remarks>
/// A tape of values, not of operations: what to do on the way back is written in each layer by hand. Because the values
/// are here and not in the layers, a layer may be used twice in one network: each use finds its own values.
/// </remarks>
public sealed class Pass
{
    private readonly Stack<Tensor> saved = new(32);
    private readonly bool records;
    private Layer? unwanted;
    private readonly Philox? random;

    /// <summary>A pass.</summary>
    /// <param name="mode">Training or inference.</param>
    /// <param name="random">The source of dropout masks and their like; needed only where a layer draws.</param>
    /// <param name="records">Whether to keep what Backward needs; by default only when training.</param>
    public Pass(Mode mode, Philox? random = null, bool? records = null)
    {
        Mode = mode;
        this.random = random;
        this.records = records ?? mode == Mode.Training;
    }

    /// <summary>Training or inference.</summary>
    public Mode Mode { get; }

    /// <summary>Random numbers for layers that need them. The same seed gives the same numbers.</summary>
    /// <exception cref="InvalidOperationException">The pass was made without.</exception>
    public Philox Random => random
        ?? throw new InvalidOperationException("This pass has no random numbers, and a layer needs some. Make it with new Pass(mode, new Philox(seed)).");

    /// <summary>Called with each layer inside a container and its input, before it runs.</summary>
    public Action<Layer, Tensor>? InputObserver { get; init; }

    /// <summary>Called with each layer inside a container and its output, in order: for looking inside.</summary>
    public Action<Layer, Tensor>? ForwardObserver { get; init; }

    /// <summary>Called with each layer inside a container and the ∂L/∂y it is given, before it goes back.</summary>
    public Action<Layer, Tensor>? BackwardInputObserver { get; init; }

    /// <summary>Called with each layer inside a container when it has gone back, whether ∂L/∂x was wanted or not.</summary>
    public Action<Layer>? BackwardEndObserver { get; init; }

    /// <summary>Called with each layer inside a container and the ∂L/∂x that it returned, in order.</summary>
    public Action<Layer, Tensor>? BackwardObserver { get; init; }

    /// <summary>True when someone looks at what goes from layer to layer, so that nothing may be fused away.</summary>
    public bool IsObserved =>
        InputObserver is not null || ForwardObserver is not null
        || BackwardInputObserver is not null || BackwardEndObserver is not null || BackwardObserver is not null;

    /// <summary>How many tensors are saved; 0 again after the last layer has gone back.</summary>
    public int SavedCount => saved.Count;

    /// <summary>What is saved, the last first.</summary>
    internal IReadOnlyCollection<Tensor> Saved => saved;

    /// <summary>Keeps a tensor for the way back. Does nothing where there will be none.</summary>
    public void Save(Tensor tensor)
    {
        if (records)
        {
            saved.Push(tensor);
        }
    }

    /// <summary>Takes back the tensor saved last.</summary>
    /// <exception cref="InvalidOperationException">Nothing is saved: Backward without Forward, or twice, or out of order.</exception>
    public Tensor Restore() => saved.TryPop(out Tensor? tensor)
        ? tensor
        : throw new InvalidOperationException(records
            ? "Backward asks for a value that Forward did not save. Backward runs once per Forward, in reverse order, with the same Pass."
            : "This pass records nothing, so there is no way back. Make it with records: true.");

    /// <summary>Runs a layer inside a container, and tells the observers.</summary>
    public Tensor Forward(Layer layer, Tensor x)
    {
        InputObserver?.Invoke(layer, x);
        Tensor y = layer.Forward(x, this);
        ForwardObserver?.Invoke(layer, y);
        return y;
    }

    /// <summary>Runs a layer inside a container backward, and tells the observers.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="g">∂L/∂y.</param>
    /// <param name="wantsInputGradient">False where ∂L/∂x is not looked at; the layer may then leave it out.</param>
    public Tensor Backward(Layer layer, Tensor g, bool wantsInputGradient = true)
    {
        Layer? before = unwanted;
        unwanted = wantsInputGradient ? null : layer;
        BackwardInputObserver?.Invoke(layer, g);
        Tensor dx = layer.Backward(g, this);
        BackwardEndObserver?.Invoke(layer);
        unwanted = before;
        if (wantsInputGradient)
        {
            BackwardObserver?.Invoke(layer, dx);
        }

        return dx;
    }

    /// <summary>Runs a layer backward together with the activation behind it. Nobody may be observing.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="g">∂L/∂y, y being what the activation gave.</param>
    /// <param name="activation">The activation, which saved y.</param>
    /// <param name="wantsInputGradient">False where ∂L/∂x is not looked at.</param>
    internal Tensor Backward(IFusesActivation layer, Tensor g, Activation activation, bool wantsInputGradient)
    {
        Layer? before = unwanted;
        unwanted = wantsInputGradient ? null : (Layer)layer;
        Tensor dx = layer.Backward(g, this, activation, Restore());
        unwanted = before;
        return dx;
    }

    /// <summary>
    /// Whether a layer on its way back has to work out ∂L/∂x. Not so for the first layer of a network in training: its input
    /// is data, nobody asks how the loss depends on it, and it is a good part of the work.
    /// </summary>
    public bool WantsInputGradient(Layer layer) => layer != unwanted;
}
