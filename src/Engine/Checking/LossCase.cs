using Engine.Layers;
using Engine.Losses;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>A loss, a prediction and a target. The derivative is by the prediction.</summary>
/// <remarks>
/// A loss takes no gradient from above, since ∂L/∂L = 1; the v that a check hands back scales its answer.
/// </remarks>
public sealed class LossCase : GradientCase
{
    private readonly Tensor prediction;

    /// <summary>A case.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="prediction">The prediction, Float64.</param>
    /// <param name="target">The target, as the loss wants it.</param>
    /// <param name="configuration">What is special about the target, for messages.</param>
    public LossCase(Loss loss, Tensor prediction, Tensor target, string configuration = "")
        : this(loss.GetType().Name, $"{configuration}{(configuration.Length == 0 ? "" : ", ")}prediction {prediction.Shape}", loss, prediction, target)
    {
    }

    private LossCase(string subject, string configuration, Loss loss, Tensor prediction, Tensor target)
        : base(subject, configuration)
    {
        Loss = loss;
        Kinks = loss as IPiecewiseLoss;
        this.prediction = prediction;
        Target = target;
        Variables = [new Variable("prediction", prediction)];
    }

    /// <summary>The loss.</summary>
    public Loss Loss { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables { get; }

    /// <summary>The target.</summary>
    internal Tensor Target { get; }

    // Where the loss has kinks, if anywhere; of a loss on a device, the loss behind it.
    private IPiecewiseLoss? Kinks { get; init; }

    /// <summary>The same case with another loss in the loss's place, such as a wrong one.</summary>
    internal LossCase With(Loss other) => new(Subject, Configuration, other, prediction, Target) { Traits = Traits };

    internal override GradientCase On(Device device, DType dtype) => new LossCase(
        Subject, Configuration, new DeviceLoss(Loss, device, dtype), prediction, Target)
    {
        Traits = Traits,
        Kinks = Kinks,
    };

    internal override Shape? PromisedShape => new Shape();

    internal override GradientCase At(Tensor x) => new LossCase(Subject, Configuration, Loss, x, Target) { Traits = Traits, Kinks = Kinks };

    internal override Pass NewPass(bool records, List<int>? pieces = null, Action<Tensor>? onSignal = null)
    {
        if (pieces is not null && Kinks is not null)
        {
            pieces.AddRange(Kinks.Pieces(prediction, Target));
        }

        return new Pass(Mode.Training, random: null, records);
    }

    internal override Tensor Forward(Pass pass) => Loss.Forward(prediction, Target, pass);

    internal override Tensor Backward(Tensor v, Pass pass)
    {
        Tensor dx = Loss.Backward(pass).Clone();
        double scale = v.Item();
        foreach (ref double value in dx.AsSpan<double>())
        {
            value *= scale;
        }

        return dx;
    }
}
