using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Optimizers;

/// <summary>Adam: each parameter moves by its mean gradient over the root of its mean squared gradient.</summary>
/// <remarks>
///   m := β₁·m + (1 − β₁)·g,   v := β₂·v + (1 − β₂)·g²,
///   θ := θ − η·m̂ / (√v̂ + ε),   m̂ = m / (1 − β₁ᵗ),   v̂ = v / (1 − β₂ᵗ).
/// The hats undo that m and v start at 0. (Kingma and Ba, "Adam: a method for stochastic optimization", 2015,
/// algorithm 1; decks F, S.)
/// </remarks>
public sealed class Adam : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private readonly Tensor?[] m;
    private readonly Tensor?[] v;
    private readonly AdamItem[] items;

    /// <summary>The rule over a network's parameters.</summary>
    /// <param name="network">Whose parameters to move.</param>
    /// <param name="learningRate">η &gt; 0.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε &gt; 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    public Adam(Layer network, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base(network, learningRate)
    {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta1), (beta1, beta2), "β₁ and β₂ are at least 0 and below 1.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        (this.beta1, this.beta2, this.epsilon) = (beta1, beta2, epsilon);
        (m, v) = (Memory(), Memory());
        items = new AdamItem[Parameters.Count];
    }

    /// <inheritdoc/>
    public override string Settings => $"{base.Settings}, beta1 {beta1}, beta2 {beta2}, epsilon {epsilon}";

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Value)> State => Named("m", m).Concat(Named("v", v));

    /// <inheritdoc/>
    protected override void Update(Tensor? guard)
    {
        int count = 0;
        for (int i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Parameter is { Learns: true } parameter)
            {
                items[count++] = new AdamItem(parameter.Gradient, m[i]!, v[i]!, parameter.Value);
            }
        }

        if (count > 0)
        {
            AdamSettings settings = new(LearningRate, beta1, beta2, epsilon);
            Backend.Of(items[0].Theta).AdamStep(items.AsSpan(0, count), settings, StepCount, guard);
        }
    }
}
