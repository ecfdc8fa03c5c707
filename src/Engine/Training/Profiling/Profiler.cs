using System.Diagnostics;
using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>Finds out where the time of steps goes: part by part, and layer by layer forward and backward.</summary>
/// <remarks>
/// It looks on from outside, through the observers of a <see cref="Pass"/>; the layers know nothing of it. Looking on has
/// its price: no activation is fused into the layer before it, and a device that works by itself is waited for around
/// each layer, so nothing overlaps and no step is captured as a graph. A profiled step is slower than others; what it
/// shows is how its time is shared out. Time spent inside a layer's children is theirs, so all rows together are the step.
/// </remarks>
public sealed class Profiler
{
    /// <summary>Of so many steps every span is kept, for the trace; of later ones only the sums.</summary>
    public const int TracedSteps = 100;

    private readonly Layer network;
    private readonly Backend backend;
    private readonly Dictionary<Layer, string> paths = [];
    private readonly Dictionary<(string Layer, ProfiledWork Work), ProfileSeries> series = [];
    private readonly List<ProfiledSpan> spans = [];
    private readonly Stack<Frame> open = new();
    private readonly Stack<Going> goneForward = new();
    private readonly ProfileSeries steps = new();
    private readonly long made = Stopwatch.GetTimestamp();
    private Pass? pass;
    private ProfiledWork work;
    private long origin;
    private long stepBegan;

    /// <summary>A profiler.</summary>
    /// <param name="network">The network whose layers are to be timed, on the device where it computes.</param>
    public Profiler(Layer network)
    {
        ArgumentNullException.ThrowIfNull(network);
        this.network = network;
        Device device = network.NamedParameters() is [var (_, first), ..] ? first.Value.Device : Device.Cpu;
        backend = Backend.Of(device);
        NameChildren(network, "");
    }

    /// <summary>How many steps are finished.</summary>
    public int Steps => steps.Count;

    /// <summary>The spans of the first <see cref="TracedSteps"/> steps, in the order in which they ended.</summary>
    public IReadOnlyList<ProfiledSpan> Spans => spans;

    /// <summary>Begins a step, whose first part is <see cref="ProfiledWork.Data"/>. One that was begun and not ended is forgotten.</summary>
    public void BeginStep()
    {
        open.Clear();
        goneForward.Clear();
        foreach (ProfileSeries one in series.Values)
        {
            one.Forget();
        }

        spans.RemoveAll(span => span.Step > Steps);
        stepBegan = Now();
        if (Steps == 0)
        {
            origin = stepBegan;
        }

        work = ProfiledWork.Data;
        open.Push(new Frame(null, stepBegan));
    }

    /// <summary>Ends the part of the step under way and begins another.</summary>
    /// <exception cref="InvalidOperationException">No step is under way.</exception>
    public void Enter(ProfiledWork next)
    {
        long now = ClosePart();
        work = next;
        open.Push(new Frame(null, now));
    }

    /// <summary>Ends the step.</summary>
    /// <exception cref="InvalidOperationException">No step is under way.</exception>
    public void EndStep()
    {
        long now = ClosePart();
        Keep(new Frame(null, stepBegan), SpanKind.Step, now, default);
        steps.Add(now - stepBegan, default);
        steps.EndStep();
        foreach (ProfileSeries one in series.Values)
        {
            one.EndStep();
        }

        pass = null;
    }

    /// <summary>A pass whose layers are timed. Call its network's Forward and Backward within a step.</summary>
    /// <param name="mode">Training or inference.</param>
    /// <param name="random">The source of dropout masks and their like.</param>
    public Pass Observe(Mode mode, Philox? random = null) => pass = new Pass(mode, random)
    {
        InputObserver = Begin,
        ForwardObserver = EndForward,
        BackwardInputObserver = Begin,
        BackwardEndObserver = EndBackward,
    };

    /// <summary>Where the time of the finished steps went.</summary>
    public ProfileReport Report() => new(
        steps.Count,
        steps.Median(s => s.Nanoseconds) / 1e6,
        [.. series.Where(pair => pair.Value.Count > 0).Select(pair => pair.Value.ToRow(pair.Key.Layer, pair.Key.Work))]);

    // What the network as a whole takes is the part of the step already.
    private void Begin(Layer layer, Tensor given)
    {
        if (layer != network)
        {
            open.Push(new Frame(layer, Now(), given, pass!.SavedCount));
        }
    }

    private void EndForward(Layer layer, Tensor y)
    {
        if (layer == network)
        {
            return;
        }

        long now = Now();
        Frame frame = open.Pop();
        Tensor[] saved = [.. pass!.Saved.Skip(frame.SavedCount)];
        LayerWork done = LayerWork.Forward(layer, frame.Given!, y, saved);
        if (layer.Children.Count == 0)
        {
            goneForward.Push(new Going(frame.Given!.Shape, saved.Sum(LayerWork.SizeOf), Moves: done.Bytes > 0));
        }

        Close(frame, now, done);
    }

    private void EndBackward(Layer layer)
    {
        if (layer == network)
        {
            return;
        }

        long now = Now();
        Frame frame = open.Pop();
        Going forward = layer.Children.Count == 0 ? goneForward.Pop() : default;
        LayerWork done = forward.Moves
            ? LayerWork.Backward(layer, frame.Given!, forward.X, forward.SavedBytes, pass!.WantsInputGradient(layer))
            : default;
        Close(frame, now, done);
    }

    private long ClosePart()
    {
        if (open.Count == 0)
        {
            throw new InvalidOperationException("No step is under way. Call BeginStep first.");
        }

        long now = Now();
        Close(open.Pop(), now, default);
        return now;
    }

    // What a frame's children took is theirs; the rest is its own.
    private void Close(Frame frame, long now, LayerWork done)
    {
        string path = frame.Layer is null ? "" : paths.GetValueOrDefault(frame.Layer, frame.Layer.Name);
        if (!series.TryGetValue((path, work), out ProfileSeries? one))
        {
            series[(path, work)] = one = new ProfileSeries();
        }

        one.Add(now - frame.Began - frame.Inside, done);
        Keep(frame, frame.Layer is null ? SpanKind.Part : SpanKind.Layer, now, done);
        if (open.TryPop(out Frame parent))
        {
            open.Push(parent with { Inside = parent.Inside + (now - frame.Began) });
        }
    }

    private void Keep(Frame frame, SpanKind kind, long now, LayerWork done)
    {
        if (Steps < TracedSteps)
        {
            string path = frame.Layer is null ? "" : paths.GetValueOrDefault(frame.Layer, frame.Layer.Name);
            spans.Add(new ProfiledSpan(kind, path, work, Steps + 1, frame.Began - origin, now - frame.Began, done.Flops, done.Bytes));
        }
    }

    private long Now()
    {
        backend.Synchronize();
        return (long)((Stopwatch.GetTimestamp() - made) * (1e9 / Stopwatch.Frequency));
    }

    private void NameChildren(Layer layer, string prefix)
    {
        foreach (Layer child in layer.Children)
        {
            if (paths.TryAdd(child, prefix + child.Name))
            {
                NameChildren(child, $"{prefix}{child.Name}.");
            }
        }
    }

    // Something under way: since when, and how much of that time others spent inside it.
    private readonly record struct Frame(Layer? Layer, long Began, Tensor? Given = null, int SavedCount = 0, long Inside = 0);

    // What the way back will want to know of a layer's way forward.
    private readonly record struct Going(Shape X, long SavedBytes, bool Moves);
}
