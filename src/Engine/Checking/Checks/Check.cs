using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>One question that a right gradient answers with yes.</summary>
internal abstract class Check
{
    // Identities hold but for rounding. The numbers they are made of are of order 1 and few, so what rounding does stays
    // well below this, and a mistake well above.
    private const double RoundingAllowance = 1e-11;

    /// <summary>What it is called in reports.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the question makes sense for a case.</summary>
    public virtual bool AppliesTo(GradientCase subject) => true;

    /// <summary>Asks, and reports what is wrong.</summary>
    public abstract void Run(GradientCase subject, Philox random, GradientReport report);

    /// <summary>A seed gradient for the case: random signs, sizes 0.5 … 1.5.</summary>
    protected static Tensor SeedGradient(GradientCase subject, Philox random) => RandomTensors.Signed(subject.Output().Shape, random);

    /// <summary>Reports a failure.</summary>
    protected void Fail(GradientReport report, GradientCase subject, string place, string what, string detail = "") =>
        report.Fail(new CheckFailure(Name, place, what, subject.ToString(), detail));

    /// <summary>Compares all gradients with expected ones, to rounding, and reports the worst element of each that differs.</summary>
    protected void Compare(
        GradientReport report, GradientCase subject, double[][] given, double[][] expected, string wanted)
    {
        for (int k = 0; k < given.Length; k++)
        {
            double scale = Math.Max(1, expected[k].Max(Math.Abs));
            int worst = WorstOf(given[k], expected[k]);
            if (!(Math.Abs(given[k][worst] - expected[k][worst]) <= RoundingAllowance * scale))
            {
                Fail(report, subject, subject.Variables[k].Element(worst), $"{Number(given[k][worst])}, {wanted} {Number(expected[k][worst])}");
            }
        }
    }

    /// <summary>Compares two sums of products that must be equal, to rounding.</summary>
    protected void CompareSums(GradientReport report, GradientCase subject, string place, Sum left, Sum right, string equation)
    {
        if (!(Math.Abs(left.Value - right.Value) <= RoundingAllowance * (left.Magnitude + right.Magnitude)))
        {
            Fail(report, subject, place, $"{equation}: {Number(left.Value)} ≠ {Number(right.Value)}");
        }
    }

    /// <summary>Four digits are enough to recognize a number, and the same on every machine; what is rounding only is 0.</summary>
    protected static string Number(double value) => Math.Abs(value) < 1e-12 ? "0" : value.ToString("G4");

    /// <summary>An error in two digits: 2.3e-7.</summary>
    protected static string Error(double value) => value.ToString("0.0e-0");

    /// <summary>
    /// Whether a difference is clearly larger than another, NaN being the largest. Of those that differ by rounding only the
    /// first stays the worst, so that every machine names the same.
    /// </summary>
    protected static bool IsWorse(double difference, double than) =>
        !double.IsNaN(than) && !(Math.Abs(difference) <= 1.001 * Math.Abs(than));

    private static int WorstOf(double[] given, double[] expected)
    {
        int worst = 0;
        for (int i = 1; i < given.Length; i++)
        {
            worst = IsWorse(given[i] - expected[i], given[worst] - expected[worst]) ? i : worst;
        }

        return worst;
    }
}
