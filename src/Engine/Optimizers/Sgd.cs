using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Optimizers;

/// <summary>Stochastic gradient descent, with momentum if wanted.</summary>
/// <remarks>
/// Without momentum: θ := θ − η·g. With momentum μ a velocity remembers where the steps have been going:
///   v := μ·v + g,   θ := θ − η·v.
/// (Robbins and Monro, 1951; Polyak, 1964; the form of Sutskever et al., 2013, with η outside v; decks F, W.)
/// </remarks>
public sealed class Sgd : Optimizer
{
    private readonly double momentum;
    private readonly Tensor?[]? velocity;
    private readonly SgdItem[] items;

    /// <summary>The rule over a network's parameters.</summary>
    /// <param name="network">Whose parameters to move.</param>
    /// <param name="learningRate">η &gt; 0.</param>
    /// <param name="momentum">μ, 0 ≤ μ &lt; 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    public Sgd(Layer network, double learningRate, double momentum = 0)
        : base(network, learningRate)
    {
        if (!(momentum >= 0 && momentum < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "Momentum is at least 0 and below 1.");
        }

        this.momentum = momentum;
        velocity = momentum > 0 ? Memory() : null;
        items = new SgdItem[Parameters.Count];
    }

    /// <inheritdoc/>
    public override string Settings => $"{base.Settings}, momentum {momentum}";

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Value)> State => velocity is null ? [] : Named("velocity", velocity);

    /// <inheritdoc/>
    protected override void Update(Tensor? guard)
    {
        int count = 0;
        for (int i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Parameter is { Learns: true } parameter)
            {
                items[count++] = new SgdItem(parameter.Gradient, velocity?[i], parameter.Value);
            }
        }

        if (count > 0)
        {
            Backend.Of(items[0].Theta).SgdStep(items.AsSpan(0, count), LearningRate, momentum, guard);
        }
    }
}
