using Engine.Backends;
using Engine.Initializers;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Fully connected layer: y = x·W + b.</summary>
/// <remarks>
/// With x: N×I, W: I×O, b: O, and g = ∂L/∂y: N×O, the chain rule gives
///   ∂L/∂W = xᵀ·g,   ∂L/∂b = Σₙ gₙ,   ∂L/∂x = g·Wᵀ.
/// (Bishop, "Pattern Recognition and Machine Learning", section 5.3; decks F, W, S.)
/// </remarks>
public sealed class Dense : Layer, IFusesActivation
{
    /// <summary>A layer with random weights and zero biases.</summary>
    /// <param name="inputs">I, features per sample.</param>
    /// <param name="outputs">O, neurons.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="weights">How they are drawn; <see cref="GlorotUniform"/> unless said otherwise.</param>
    /// <param name="bias">Whether there is a b.</param>
    public Dense(int inputs, int outputs, Philox random, Initializer? weights = null, bool bias = true)
    {
        Inputs = inputs;
        Outputs = outputs;
        weights ??= new GlorotUniform();
        Shape shape = [inputs, outputs];
        Weight = new Parameter("weight", shape, weights.Later(shape, new Fan(inputs, outputs), random));
        Bias = bias ? new Parameter("bias", Tensor.Zeros([outputs])) : null;
        Parameters = Bias is null ? [Weight] : [Weight, Bias];
    }

    /// <summary>I, features per sample.</summary>
    public int Inputs { get; }

    /// <summary>O, neurons.</summary>
    public int Outputs { get; }

    /// <summary>W: I×O.</summary>
    public Parameter Weight { get; }

    /// <summary>b: O, or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input.Rank == 2 && input[1] == Inputs
        ? [input[0], Outputs]
        : throw Mismatch($"input is {input}, expected N×{Inputs}.{(input.Rank > 2 ? " Put a Flatten before it." : "")}");

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass) => Forward(x, pass, activation: null);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Pass pass, Activation? activation)
    {
        Tensor y = new(OutputShape(x.Shape), x.DType, x.Device);
        Backend.Of(x, Weight.Value).MatMul(x, Weight.Value, y, bias: Bias?.Value, activation: activation);
        pass.Save(x);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        Tensor x = pass.Restore();
        Weight.Accumulate(x, g, transposeA: true);
        Bias?.AccumulateSum(g);
        return pass.WantsInputGradient(this) ? Tensor.MatMul(g, Weight.Value, transposeB: true) : Tensor.Like(x);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)input[0] * Inputs * Outputs;
}
