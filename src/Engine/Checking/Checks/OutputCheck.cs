using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>The output is of the shape that OutputShape promised, and finite.</summary>
internal sealed class OutputCheck : Check
{
    public override string Name => "output";

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor y = subject.Output();
        if (subject.PromisedShape is Shape promised && promised != y.Shape)
        {
            Fail(report, subject, "y", $"has shape {y.Shape}, OutputShape promised {promised}");
        }

        if (y.AsSpan<double>().ToArray().Any(value => !double.IsFinite(value)))
        {
            Fail(report, subject, "y", "is not finite");
        }
    }
}
