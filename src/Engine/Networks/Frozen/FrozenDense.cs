using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks.Frozen;

/// <summary>A fully connected layer with what follows it: y = f(x·W + b), batch normalization in W and b.</summary>
public sealed class FrozenDense : FrozenLayer
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly Activation? activation;

    /// <summary>A layer.</summary>
    /// <param name="layer">What it is made of.</param>
    /// <param name="scaledWeight">W, or W·s.</param>
    /// <param name="shift">b, or s·(b − μ) + β; null for none.</param>
    /// <param name="activation">f; null for none.</param>
    internal FrozenDense(Dense layer, Tensor scaledWeight, Tensor? shift, Activation? activation)
    {
        this.activation = activation;
        Name = layer.Name;
        weight = Fixed("weight", scaledWeight);
        bias = shift is null ? null : Fixed("bias", shift);
        Parameters = bias is null ? [weight] : [weight, bias];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input.Rank == 2 && input[1] == weight.Shape[0]
        ? [input[0], weight.Shape[1]]
        : throw Mismatch($"input is {input}, expected N×{weight.Shape[0]}.");

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => input[0] * (long)weight.Shape.ElementCount;

    /// <inheritdoc/>
    internal override Tensor Forward(Tensor x, Pass pass, Tensor? into)
    {
        RequireInference(pass);
        Tensor y = into ?? new Tensor(OutputShape(x.Shape), x.DType, x.Device);
        Backend.Of(x, weight.Value).MatMul(x, weight.Value, y, bias: bias?.Value, activation: activation);
        return y;
    }
}
