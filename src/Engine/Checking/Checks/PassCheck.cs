using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// What Backward needs is on the pass and nowhere else: two passes under way at once do not disturb each other, the pass is
/// empty at the end, and without recording the output is the same.
/// </summary>
internal sealed class PassCheck : Check
{
    public override string Name => "pass";

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        GradientCase other = subject.At(RandomTensors.Normal(subject.Variables[0].Value.Shape, random));
        double[][] expected = subject.Gradients(v), expectedOfOther = other.Gradients(v);
        double[] expectedOutput = subject.Output().AsSpan<double>().ToArray();

        using StepScope step = Device.Cpu.BeginStep();
        Pass first = subject.NewPass(records: true), second = other.NewPass(records: true);
        Tensor y = subject.Forward(first);
        if (!y.AsSpan<double>().SequenceEqual(expectedOutput))
        {
            Fail(report, subject, "y", "differs between a pass that records and one that does not");
        }

        other.Forward(second);
        subject.ZeroGradients();
        Compare(report, subject, subject.ReadGradients(subject.Backward(v.Clone(), first)), expected, "without another pass in between");
        subject.ZeroGradients();
        Compare(report, other, other.ReadGradients(other.Backward(v.Clone(), second)), expectedOfOther, "without another pass in between");
        if (first.SavedCount != 0)
        {
            Fail(report, subject, "pass", $"{first.SavedCount} saved tensors are left after Backward, expected none");
        }
    }
}
