using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// A frozen parameter gets no gradient, and freezing it changes no other gradient: the error still flows through to the
/// layers below, as transfer learning needs.
/// </summary>
internal sealed class FrozenCheck : Check
{
    public override string Name => "frozen";

    public override bool AppliesTo(GradientCase subject) => subject.Variables.Count > 1;

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        foreach (int frozen in Enumerable.Range(1, subject.Variables.Count - 1))
        {
            Parameter parameter = subject.Variables[frozen].Parameter!;
            double[][] expected = subject.Gradients(v);
            expected[frozen] = new double[expected[frozen].Length];
            parameter.Trainable = false;
            try
            {
                Compare(report, subject, subject.Gradients(v), expected, $"with {subject.Variables[frozen].Name} frozen expected");
            }
            finally
            {
                parameter.Trainable = true;
            }
        }
    }
}
