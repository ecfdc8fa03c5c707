using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>A layer, an input and the mode and random numbers of its passes.</summary>
/// <remarks>
/// A new case converts the layer to Float64, adds noise to its parameters, so that no bias is 0 and no scale 1, and draws
/// a standard normal input.
/// </remarks>
public sealed class LayerCase : GradientCase
{
    private readonly ulong passSeed;
    private readonly List<(Parameter Statistic, Tensor Value)> statistics = [];

    /// <summary>A case with a random input.</summary>
    /// <param name="layer">The layer; this call changes its parameters.</param>
    /// <param name="input">The input's shape.</param>
    /// <param name="random">Where input, noise and the passes' seed come from.</param>
    /// <param name="mode">Training or inference.</param>
    /// <param name="configuration">The layer's settings, for messages.</param>
    public LayerCase(Layer layer, Shape input, Philox random, Mode mode = Mode.Training, string configuration = "")
        : this(layer.GetType().Name, Describe(configuration, input, mode), layer, RandomTensors.Normal(input, random), mode, random.NextUInt64())
    {
        layer.ConvertTo(DType.Float64);
        foreach ((_, Parameter parameter) in layer.NamedParameters())
        {
            // A statistic may be a variance, so it only grows.
            foreach (ref double value in parameter.Value.AsSpan<double>())
            {
                value += parameter.IsStatistic ? random.NextDouble(0.1, 1) : 0.4 * random.NextNormal();
            }
        }

        Remember();
    }

    private LayerCase(string subject, string configuration, Layer layer, Tensor x, Mode mode, ulong passSeed)
        : base(subject, configuration)
    {
        Layer = layer;
        X = x;
        Mode = mode;
        this.passSeed = passSeed;
    }

    /// <summary>The layer.</summary>
    public Layer Layer { get; }

    /// <summary>The input.</summary>
    public Tensor X { get; }

    /// <summary>Training or inference.</summary>
    public Mode Mode { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => field ??=
    [
        new Variable("x", X),
        .. Layer.NamedParameters()
            .Where(p => p.Parameter.Learns)
            .Select(p => new Variable(p.Path, p.Parameter.Value, p.Parameter)),
    ];

    /// <summary>The same case with another layer in the layer's place, such as a wrong one wrapped around it.</summary>
    internal LayerCase With(Layer other)
    {
        LayerCase copy = new(Subject, Configuration, other, X, Mode, passSeed) { Traits = Traits };
        copy.Remember();
        return copy;
    }

    internal override GradientCase On(Device device, DType dtype) => With(new DeviceLayer(Layer, device, dtype));

    internal override Shape? PromisedShape => Layer.OutputShape(X.Shape);

    internal override GradientCase At(Tensor x)
    {
        LayerCase copy = new(Subject, Configuration, Layer, x, Mode, passSeed) { Traits = Traits };
        copy.Remember();
        return copy;
    }

    internal override Pass NewPass(bool records, List<int>? pieces = null, Action<Tensor>? onSignal = null)
    {
        // Training gathers statistics as it goes; each pass begins with the same.
        foreach ((Parameter statistic, Tensor value) in statistics)
        {
            value.CopyTo(statistic.Value);
        }

        Action<Layer, Tensor>? observer = onSignal is null ? null : (_, signal) => onSignal(signal);
        return new Pass(Mode, new Philox(passSeed), records)
        {
            ForwardObserver = observer,
            BackwardObserver = observer,
            InputObserver = pieces is null ? null : (layer, x) =>
            {
                if (layer is IPiecewise piecewise)
                {
                    pieces.AddRange(piecewise.Pieces(x));
                }
            },
        };
    }

    internal override Tensor Forward(Pass pass) => pass.Forward(Layer, X);

    internal override Tensor Backward(Tensor v, Pass pass) => pass.Backward(Layer, v);

    private void Remember() => statistics.AddRange(
        from named in Layer.NamedParameters()
        where named.Parameter.IsStatistic
        select (named.Parameter, named.Parameter.Value.Clone()));

    private static string Describe(string configuration, Shape input, Mode mode) =>
        $"{configuration}{(configuration.Length == 0 ? "" : ", ")}x {input}{(mode == Mode.Inference ? ", inference" : "")}";
}
