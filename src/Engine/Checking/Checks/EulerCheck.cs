using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// Euler's theorem: where f(t·x) = t·f(x), f(x) = J(x)·x, so ⟨f(x), v⟩ = ⟨x, Jᵀ·v⟩. It holds for a rectifier and for a
/// maximum, and for the parameters of every layer that is linear in them.
/// </summary>
internal sealed class EulerCheck : Check
{
    public override string Name => "Euler";

    public override bool AppliesTo(GradientCase subject) =>
        (subject.Traits & (Traits.Homogeneous | Traits.LinearInParameters)) != 0;

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        Sum output = Sum.OfProducts(subject.Output().AsSpan<double>(), v.AsSpan<double>());
        double[][] gradients = subject.Gradients(v);
        Sum[] products = [.. subject.Variables.Select((x, k) => Sum.OfProducts(x.Value.AsSpan<double>(), gradients[k]))];
        if (subject.Traits.HasFlag(Traits.Homogeneous))
        {
            CompareSums(report, subject, subject.Variables[0].Name, output, products[0], "⟨f(x), v⟩ = ⟨x, ∂x⟩");
        }

        if (subject.Traits.HasFlag(Traits.LinearInParameters))
        {
            Sum ofParameters = products.Skip(1).Aggregate(default(Sum), (a, b) => a + b);
            CompareSums(report, subject, "parameters", output, ofParameters, "⟨f(x), v⟩ = Σ ⟨θ, ∂θ⟩");
        }
    }
}
