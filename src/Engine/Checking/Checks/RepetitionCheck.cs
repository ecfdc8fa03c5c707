using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// The same pass gives the same bits again, even when every new tensor begins as NaN, so nothing is read that was not
/// written; and it changes neither its input nor the gradient it is given nor any parameter.
/// </summary>
internal sealed class RepetitionCheck : Check
{
    private const string Again = "differs when the same pass runs again, with all new memory full of NaN";
    private const string Overwritten = "is overwritten";

    public override string Name => "repeats";

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        double[][] before = [.. subject.Variables.Select(x => x.Value.AsSpan<double>().ToArray())];
        double[] output = subject.Output().AsSpan<double>().ToArray();
        double[][] gradients = subject.Gradients(v);
        CheckGiven(subject, v, report);

        StepMemory.FillWithNaN();
        CompareBits(report, subject, [subject.Output().AsSpan<double>().ToArray()], [output], _ => "y", Again);
        StepMemory.FillWithNaN();
        CompareBits(report, subject, subject.Gradients(v), gradients, k => $"∂{subject.Variables[k].Name}", Again);
        double[][] after = [.. subject.Variables.Select(x => x.Value.AsSpan<double>().ToArray())];
        CompareBits(report, subject, after, before, k => subject.Variables[k].Name, Overwritten);
    }

    // What Backward is given belongs to whoever gave it.
    private void CheckGiven(GradientCase subject, Tensor v, GradientReport report)
    {
        using StepScope step = Device.Cpu.BeginStep();
        Layers.Pass pass = subject.NewPass(records: true);
        Tensor y = subject.Forward(pass), g = v.Clone();
        double[] output = y.AsSpan<double>().ToArray();
        subject.Backward(g, pass);
        CompareBits(report, subject, [g.AsSpan<double>().ToArray()], [v.AsSpan<double>().ToArray()], _ => "the gradient given to Backward", Overwritten);
        CompareBits(report, subject, [y.AsSpan<double>().ToArray()], [output], _ => "the output", Overwritten);
    }

    private void CompareBits(
        GradientReport report, GradientCase subject, double[][] now, double[][] before, Func<int, string> name, string what)
    {
        for (int k = 0; k < now.Length; k++)
        {
            if (!now[k].AsSpan().SequenceEqual(before[k]))
            {
                Fail(report, subject, name(k), what);
            }
        }
    }
}
