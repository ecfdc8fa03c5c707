using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// Backward is linear in the gradient it is given, whatever the function: Jᵀ·(a − 2b) = Jᵀ·a − 2·Jᵀ·b, and zero for zero.
/// </summary>
internal sealed class LinearityCheck : Check
{
    public override string Name => "linear in g";

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor a = SeedGradient(subject, random), b = SeedGradient(subject, random), both = Tensor.Like(a);
        for (int i = 0; i < a.ElementCount; i++)
        {
            both.SetFlat(i, a.GetFlat(i) - (2 * b.GetFlat(i)));
        }

        double[][] ofA = subject.Gradients(a), ofB = subject.Gradients(b);
        double[][] expected = [.. ofA.Zip(ofB, (p, q) => p.Zip(q, (s, t) => s - (2 * t)).ToArray())];
        Compare(report, subject, subject.Gradients(both), expected, "from a − 2b apart");

        double[][] zeros = [.. ofA.Select(p => new double[p.Length])];
        Compare(report, subject, subject.Gradients(Tensor.Zeros(a.Shape, a.DType)), zeros, "for a zero gradient expected");
    }
}
