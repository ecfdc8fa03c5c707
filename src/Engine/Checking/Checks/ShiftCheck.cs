using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// Where adding one number to a whole row (softmax) or channel (batch normalization) of x changes nothing, the gradient
/// along it is zero: it sums to 0 there.
/// </summary>
internal sealed class ShiftCheck : Check
{
    public override string Name => "sums to zero";

    public override bool AppliesTo(GradientCase subject) =>
        (subject.Traits & (Traits.IgnoresRowShift | Traits.IgnoresChannelShift)) != 0;

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        double[] dx = subject.Gradients(SeedGradient(subject, random))[0];
        Shape shape = subject.Variables[0].Value.Shape;
        if (subject.Traits.HasFlag(Traits.IgnoresRowShift))
        {
            CheckGroups(subject, report, dx, i => i / shape[-1], "row");
        }

        if (subject.Traits.HasFlag(Traits.IgnoresChannelShift))
        {
            CheckGroups(subject, report, dx, i => i / shape.Stride(1) % shape[1], "channel");
        }
    }

    private void CheckGroups(GradientCase subject, GradientReport report, double[] dx, Func<int, int> groupOf, string kind)
    {
        foreach (IGrouping<int, double> group in dx.Select((g, i) => (g, i)).GroupBy(e => groupOf(e.i), e => e.g))
        {
            double[] members = [.. group];

            // The terms cancel, so what rounding is relative to is their size before: of order 1.
            Sum sum = new(members.Sum(), members.Length + members.Sum(Math.Abs));
            CompareSums(report, subject, $"{kind} {group.Key} of {subject.Variables[0].Name}", sum, default, $"Σ ∂x over a {kind} = 0");
        }
    }
}
