using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// The full check, for small shapes: every element of the input and of every parameter against a difference quotient.
/// </summary>
internal sealed class ElementCheck : Check
{
    /// <summary>Tensors with more elements than this are checked along random directions only.</summary>
    public const int LargestTensor = 200;

    // From 2·10⁻³ down to 8·10⁻⁶: one element in tens of thousands is still too close to a kink.
    private const int Halvings = 8;

    public override string Name => "every element";

    public override bool AppliesTo(GradientCase subject) => subject.Variables.All(v => v.Value.ElementCount <= LargestTensor);

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        double[][] gradients = subject.Gradients(v);
        Objective objective = new(subject, v);
        int elements = 0, skipped = 0;
        for (int k = 0; k < gradients.Length; k++)
        {
            elements += gradients[k].Length;
            skipped += CheckTensor(subject, subject.Variables[k], gradients[k], objective, report);
        }

        if (10 * skipped > elements)
        {
            Fail(report, subject, "all tensors", $"{skipped} of {elements} elements are too close to a kink to be checked, at most a tenth may be");
        }
    }

    private int CheckTensor(GradientCase subject, Variable variable, double[] gradient, Objective objective, GradientReport report)
    {
        TensorReport row = report.Row(variable.Name);
        double[] direction = new double[gradient.Length];
        int skipped = 0, worst = -1;
        double worstDifference = 0;
        DifferenceQuotient atWorst = default;
        for (int i = 0; i < gradient.Length; i++)
        {
            direction[i] = 1;
            double scale = Math.Abs(variable.Value.GetFlat(i));
            if (DifferenceQuotient.Of(objective, variable, direction, scale, Halvings) is not DifferenceQuotient quotient)
            {
                skipped++;
            }
            else
            {
                double error = quotient.RelativeError(gradient[i]);
                row.Checked++;
                row.WorstError = Math.Max(row.WorstError, error);
                row.NumericalError = Math.Max(row.NumericalError, quotient.Error / quotient.Scale);
                if (!quotient.Accepts(gradient[i]) && IsWorse(gradient[i] - quotient.Value, worstDifference))
                {
                    (worst, worstDifference, atWorst) = (i, gradient[i] - quotient.Value, quotient);
                }
            }

            direction[i] = 0;
        }

        row.Skipped += skipped;
        if (worst >= 0)
        {
            row.Passed = false;
            Fail(report, subject, variable.Element(worst),
                $"Backward gives {Number(gradient[worst])}, numerically {Number(atWorst.Value)}, apart {Error(atWorst.RelativeError(gradient[worst]))}",
                $"err {Error(atWorst.Error / atWorst.Scale)}");
        }

        return skipped;
    }
}
