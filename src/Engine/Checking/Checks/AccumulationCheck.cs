using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// Backward adds to the parameters' gradients: after two passes they hold twice as much. A parameter used twice, or a batch
/// computed in two halves, depends on it. The input's gradient is returned, not added to anything.
/// </summary>
internal sealed class AccumulationCheck : Check
{
    public override string Name => "accumulates";

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        double[][] expected = subject.Gradients(v);
        for (int k = 1; k < expected.Length; k++)
        {
            expected[k] = [.. expected[k].Select(g => 2 * g)];
        }

        using StepScope step = Device.Cpu.BeginStep();
        Layers.Pass pass = subject.NewPass(records: true);
        subject.Forward(pass);
        Compare(report, subject, subject.ReadGradients(subject.Backward(v.Clone(), pass)), expected, "after a second pass expected");
    }
}
