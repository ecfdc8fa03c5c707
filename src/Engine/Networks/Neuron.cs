using Engine.Backends;
using Engine.Initializers;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks;

/// <summary>One neuron with a logistic activation: y = σ(x·w + b), σ(z) = 1 / (1 + e⁻ᶻ).</summary>
/// <remarks>
/// Everything a network does, at its smallest. With x: N×I, w: I×1, b: 1 and z = x·w + b, the derivative of σ is
/// y·(1 − y), so for g = ∂L/∂y
///   δ = ∂L/∂z = g·y·(1 − y),   ∂L/∂w = xᵀ·δ,   ∂L/∂b = Σₙ δₙ,   ∂L/∂x = δ·wᵀ.
/// A layer of such neurons is <see cref="Dense"/> followed by <see cref="Logistic"/>. (Deck W: w = [0, 1], b = 4,
/// x = [2, 3] gives 0.99909.)
/// </remarks>
public sealed class Neuron : Layer
{
    /// <summary>A neuron with random weights and bias 0.</summary>
    /// <param name="inputs">I, how many numbers it looks at.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="weights">How they are drawn; standard normal unless said otherwise.</param>
    public Neuron(int inputs, Philox random, Initializer? weights = null)
    {
        Inputs = inputs;
        Weight = new Parameter("weight", (weights ?? new Normal(0, 1)).Create([inputs, 1], new Fan(inputs, 1), random));
        Bias = new Parameter("bias", Tensor.Zeros([1]));
        Parameters = [Weight, Bias];
    }

    /// <summary>I.</summary>
    public int Inputs { get; }

    /// <summary>w: I×1.</summary>
    public Parameter Weight { get; }

    /// <summary>b: one number.</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input.Rank == 2 && input[1] == Inputs
        ? [input[0], 1]
        : throw Mismatch($"input is {input}, expected N×{Inputs}.");

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        OutputShape(x.Shape);
        Tensor z = Tensor.MatMul(x, Weight.Value) + Bias.Value;
        Tensor y = Tensor.Like(z);
        Backend.Of(z).ActivationForward(Activation.Logistic, z, y);
        pass.Save(x);
        pass.Save(y);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        Tensor y = pass.Restore(), x = pass.Restore();
        Tensor delta = g * y * (1 - y);
        Weight.Accumulate(x, delta, transposeA: true);
        Bias.AccumulateSum(delta);
        return Tensor.MatMul(delta, Weight.Value, transposeB: true);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)input[0] * Inputs;
}
