using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// For a map L that is linear in x, Backward is the adjoint: ⟨L·u, v⟩ = ⟨u, Lᵀ·v⟩ for every u, whatever x it was taken at.
/// </summary>
internal sealed class AdjointCheck : Check
{
    public override string Name => "adjoint";

    public override bool AppliesTo(GradientCase subject) => subject.Traits.HasFlag(Traits.Linear);

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        Tensor u = RandomTensors.Normal(subject.Variables[0].Value.Shape, random);
        Sum forward = Sum.OfProducts(subject.At(u).Output().AsSpan<double>(), v.AsSpan<double>());
        Sum backward = Sum.OfProducts(u.AsSpan<double>(), subject.Gradients(v)[0]);
        CompareSums(report, subject, subject.Variables[0].Name, forward, backward, "⟨L·u, v⟩ = ⟨u, Lᵀ·v⟩");
    }
}
