using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks.Frozen;

/// <summary>A network made for answers alone, by <see cref="Network.Freeze"/>: a chain of what is left to compute.</summary>
/// <remarks>
/// Once a network learns no more, a good part of it can be worked out beforehand or at one go:
/// <list type="bullet">
/// <item>Batch normalization is y = s·(w·x + b − μ) + β with s = γ/√(σ² + ε), all constants: the same layer before it with
/// the weights s·w and the bias s·(b − μ) + β. (Jacob et al., "Quantization and training of neural networks for efficient
/// integer-arithmetic-only inference", 2018, section 3.2.)</item>
/// <item>Dropout is the identity, and gone.</item>
/// <item>An activation is applied by the layer before it, and in a residual block together with the addition, which the
/// body's last convolution does where it can.</item>
/// <item>Branches of a <see cref="Parallel"/> write into their place of the output.</item>
/// <item>Weights of convolutions are kept in the form in which the back end reads them fastest.</item>
/// </list>
/// The answers are those of the network up to rounding. Weights that need no change are shared with it, not copied.
/// </remarks>
public sealed class FrozenNetwork : FrozenLayer, IFusesAddition
{
    private readonly Layer[] layers;

    internal FrozenNetwork(IEnumerable<Layer> layers)
    {
        this.layers = [.. layers];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Children => layers;

    /// <inheritdoc/>
    bool IFusesAddition.CanAdd => layers is [.., IFusesAddition { CanAdd: true }];

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        foreach (Layer layer in layers)
        {
            input = layer.OutputShape(input);
        }

        return input;
    }

    /// <summary>The answer to a batch of samples.</summary>
    /// <remarks>
    /// What the layers hand to each other lies in memory that is used again from answer to answer. The result is the
    /// caller's: of the open step if there is one, otherwise lasting.
    /// </remarks>
    /// <param name="x">Samples, on the network's device and of its type; of any number, and where the layers allow it any size.</param>
    /// <exception cref="ShapeException">The network cannot take such samples.</exception>
    public Tensor Predict(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = new(OutputShape(x.Shape), x.DType, x.Device);
        using StepScope step = x.Device.BeginStep();
        return Forward(x, new Pass(Mode.Inference), y);
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

    /// <inheritdoc/>
    internal override Tensor Forward(Tensor x, Pass pass, Tensor? into)
    {
        RequireInference(pass);
        StepMark begin = StepMark.Now(x.Device);
        for (int i = 0; i < layers.Length; i++)
        {
            x = Run(layers[i], x, pass, i == layers.Length - 1 ? into : null, begin);
        }

        if (layers.Length == 0 && into is not null)
        {
            x.CopyTo(into);
            return into;
        }

        return x;
    }

    /// <inheritdoc/>
    Tensor IFusesAddition.Forward(Tensor x, Pass pass, Tensor into, Tensor addend, Activation? activation)
    {
        RequireInference(pass);
        StepMark begin = StepMark.Now(x.Device);
        foreach (Layer layer in layers.AsSpan(..^1))
        {
            x = Run(layer, x, pass, into: null, begin);
        }

        Tensor y = ((IFusesAddition)layers[^1]).Forward(x, pass, into, addend, activation);
        pass.Release(x, begin);
        return y;
    }
}
