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
///
/// Inside a step (<see cref="Device.BeginStep"/>) memory goes back as soon as nobody can need it. When a layer that was
/// called through the pass is done, of all that it made only what it returned and what it saved is left. What it
/// returned belongs to its caller, a container, for which the same holds one level up; a chain gives it up, by a
/// <see cref="StepMark"/>, once the next layer has run. What was saved goes when the Backward that restored it is done; and in
/// between, if it can be worked out again (<see cref="IRecomputable"/>). Nothing goes back early from a pass that is observed: observers may keep what they see.
/// </remarks>
public sealed class Pass
{
    private readonly Tape tape = new();
    private readonly List<Tensor> restored = new(8);
    private readonly bool records;
    private Layer? unwanted;
    private Tensor? givenUp;
    private Tape.Recipe latest;
    private int goingBack;
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
    public int SavedCount => tape.Count;

    /// <summary>What is saved and in memory, the last at the end.</summary>
    internal IEnumerable<Tensor> Saved => tape.Present;

    /// <summary>Keeps a tensor for the way back. Does nothing where there will be none.</summary>
    public void Save(Tensor tensor)
    {
        if (records)
        {
            tape.Push(tensor);
        }
    }

    /// <summary>Takes back the tensor saved last. It is there until the Backward that asks for it is done.</summary>
    /// <exception cref="InvalidOperationException">Nothing is saved: Backward without Forward, or twice, or out of order.</exception>
    public Tensor Restore()
    {
        Tensor tensor = tape.Pop() ?? throw new InvalidOperationException(records
            ? "Backward asks for a value that Forward did not save. Backward runs once per Forward, in reverse order, with the same Pass."
            : "This pass records nothing, so there is no way back. Make it with records: true.");
        if (goingBack > 0)
        {
            restored.Add(tensor);
        }

        return tensor;
    }

    /// <summary>Runs a layer inside a container, and tells the observers.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">Its input.</param>
    /// <param name="since">Where the container itself has made x, since this mark, nobody needs it after the layer; without a mark it stays.</param>
    public Tensor Forward(Layer layer, Tensor x, StepMark? since = null)
    {
        if (IsObserved)
        {
            InputObserver?.Invoke(layer, x);
            Tensor seen = layer.Forward(x, this);
            ForwardObserver?.Invoke(layer, seen);
            return seen;
        }

        Tape.Recipe recipe = RecipeOf(x);
        (Tensor? before, StepMark begin) = Enter(x, since);
        int first = tape.Count;
        Tensor y = layer.Forward(x, this);
        latest = layer is IRecomputable maker ? new Tape.Recipe(maker, null, y, first, tape.Count) : default;
        Leave(before, begin, y, x, since);
        tape.Forget(recipe);
        return y;
    }

    /// <summary>Runs a layer inside a container together with the activation after it, where nobody looks on.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">Its input.</param>
    /// <param name="activation">The function of the layer after it.</param>
    /// <param name="since">As for a layer alone.</param>
    public Tensor Forward(IFusesActivation layer, Tensor x, Activation activation, StepMark? since = null)
    {
        Tape.Recipe recipe = RecipeOf(x);
        (Tensor? before, StepMark begin) = Enter(x, since);
        int first = tape.Count;
        Tensor y = layer.Forward(x, this, activation);
        latest = layer is IRecomputable maker ? new Tape.Recipe(maker, activation, y, first, tape.Count) : default;

        // What the layer of the activation would have saved.
        Save(y);
        Leave(before, begin, y, x, since);
        tape.Forget(recipe);
        return y;
    }

    /// <summary>Runs a layer inside a container backward, and tells the observers.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="g">∂L/∂y.</param>
    /// <param name="wantsInputGradient">False where ∂L/∂x is not looked at; the layer may then leave it out.</param>
    /// <param name="since">Where the container itself has made g, since this mark, nobody needs it after the layer; without a mark it stays.</param>
    public Tensor Backward(Layer layer, Tensor g, bool wantsInputGradient = true, StepMark? since = null) =>
        Backward(layer, g, activation: null, before: null, wantsInputGradient, since);

    /// <summary>Runs a layer inside a container backward together with the activation after it, where nobody looks on.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="g">∂L/∂y, y being what the activation gave.</param>
    /// <param name="activation">The function of the layer after it, which saved y.</param>
    /// <param name="wantsInputGradient">False where ∂L/∂x is not looked at.</param>
    /// <param name="since">As for a layer alone.</param>
    public Tensor Backward(IFusesActivation layer, Tensor g, Activation activation, bool wantsInputGradient = true, StepMark? since = null) =>
        Backward((Layer)layer, g, activation, before: null, wantsInputGradient, since);

    /// <summary>Runs a layer inside a container backward together with the activation before it, where nobody looks on.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="g">∂L/∂y.</param>
    /// <param name="before">The function of the layer before it, which saved what it gave.</param>
    /// <param name="wantsInputGradient">False where the gradient of what the activation was given is not looked at.</param>
    /// <param name="since">As for a layer alone.</param>
    public Tensor Backward(IFusesActivationBefore layer, Tensor g, Activation before, bool wantsInputGradient = true, StepMark? since = null) =>
        Backward((Layer)layer, g, activation: null, before, wantsInputGradient, since);

    /// <summary>
    /// Memory for a result that a layer works out element by element: that of its input where the container has given it up
    /// and nobody has saved it, otherwise new.
    /// </summary>
    /// <param name="input">What the layer was given: x on the way forward, ∂L/∂y on the way back.</param>
    /// <returns>A tensor like the input, or the input itself.</returns>
    public Tensor Reuse(Tensor input) => Reuse(input, ReferenceEquals(input, givenUp));

    /// <summary>The same for a container: the memory of a tensor that it has got from a layer since a mark, where nobody has saved it, otherwise new.</summary>
    public Tensor Reuse(Tensor own, StepMark since) => Reuse(own, !IsObserved && since.Precedes(own));

    /// <summary>Gives up a tensor that the Backward under way has restored, before it is done.</summary>
    internal void Release(Tensor taken)
    {
        int place = IsObserved ? -1 : restored.LastIndexOf(taken);
        if (place >= 0)
        {
            restored.RemoveAt(place);
            taken.Piece?.Release();
        }
    }

    /// <summary>Gives up a tensor that a container has got from a layer since a mark; what is saved stays nonetheless.</summary>
    public void Release(Tensor own, StepMark since)
    {
        if (!IsObserved && since.Precedes(own))
        {
            own.Piece!.LetGo();
        }
    }

    /// <summary>
    /// Whether a layer on its way back has to work out ∂L/∂x. Not so in training up to the first layer that learns: how the loss
    /// depends on the data nobody asks, and it is a good part of the work.
    /// </summary>
    public bool WantsInputGradient(Layer layer) => layer != unwanted;

    private Tensor Backward(Layer layer, Tensor g, Activation? activation, Activation? before, bool wantsInputGradient, StepMark? since)
    {
        Layer? unwantedBefore = unwanted;
        unwanted = wantsInputGradient ? null : layer;
        BackwardInputObserver?.Invoke(layer, g);
        (Tensor? givenUpBefore, StepMark begin) = Enter(g, since);
        int first = restored.Count;
        goingBack++;
        Tensor dx = activation is { } f ? ((IFusesActivation)layer).Backward(g, this, f, Restore())
            : before is { } e ? ((IFusesActivationBefore)layer).Backward(g, this, e)
            : layer.Backward(g, this);
        if (before is not null)
        {
            // What the activation before the layer saved for a way back of its own.
            Restore();
        }

        goingBack--;
        if (!IsObserved)
        {
            ReleaseRestored(first, unlessSharedWith: dx);
        }

        restored.RemoveRange(first, restored.Count - first);
        Leave(givenUpBefore, begin, dx, g, since);
        BackwardEndObserver?.Invoke(layer);
        unwanted = unwantedBefore;
        if (wantsInputGradient)
        {
            BackwardObserver?.Invoke(layer, dx);
        }

        return dx;
    }

    private static Tensor Reuse(Tensor tensor, bool isGivenUp)
    {
        if (!isGivenUp || tensor.Piece is not { IsOnlyHeld: true } piece)
        {
            return Tensor.Like(tensor);
        }

        piece.WriteOver();
        return tensor;
    }

    // How a layer's input can be worked out again: where it was made just before, as in a chain.
    private Tape.Recipe RecipeOf(Tensor x) => ReferenceEquals(latest.Output, x) ? latest : default;

    // Before a layer runs: which tensor it may write over, and what exists already.
    private (Tensor? Before, StepMark Begin) Enter(Tensor given, StepMark? since)
    {
        Tensor? before = givenUp;
        givenUp = !IsObserved && since is { } mark && mark.Precedes(given) ? given : null;
        return (before, StepMark.Now(given.Device));
    }

    // Afterwards: what it has made for itself goes back, and what it was given up.
    private void Leave(Tensor? before, StepMark begin, Tensor result, Tensor given, StepMark? since)
    {
        givenUp = before;
        if (IsObserved)
        {
            return;
        }

        begin.LetGo(kept: result);
        if (since is { } mark && mark.Precedes(given) && result.Piece != given.Piece)
        {
            given.Piece!.LetGo();
        }
    }

    private void ReleaseRestored(int first, Tensor unlessSharedWith)
    {
        for (int i = restored.Count - 1; i >= first; i--)
        {
            if (restored[i].Piece is { } piece && piece != unlessSharedWith.Piece)
            {
                piece.Release();
            }
        }
    }
}
