using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// For any shape: with the right gradient, what a first-order Taylor polynomial leaves, r(t) = |φ(x + t·u) − φ(x) −
/// t·⟨∇φ, u⟩|, falls with t²; with any other only with t.
/// </summary>
/// <remarks>
/// The order is log₂ r(t)/r(t/2), observed at the smallest t where r still stands well clear of rounding: there the
/// quadratic term dominates the cubic, and a wrong gradient's linear term dominates both. A linear function leaves nothing
/// but rounding, and that is accepted as such.
/// </remarks>
internal sealed class TaylorCheck : Check
{
    private const int Directions = 2;
    private const int LargestExponent = -4;
    private const int SmallestExponent = -24;
    private const double Epsilon = 1.0 / (1L << 52);

    public override string Name => "Taylor";

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        double[][] gradients = subject.Gradients(v);
        Objective objective = new(subject, v);
        for (int k = 0; k < gradients.Length; k++)
        {
            Variable variable = subject.Variables[k];
            for (int i = 0; i < Directions; i++)
            {
                double[] u = RandomTensors.Signed(variable.Value.Shape, random).AsSpan<double>().ToArray();
                if (Objection(objective, variable, u, gradients[k]) is string objection)
                {
                    Fail(report, subject, variable.Name, objection);
                    break;
                }
            }
        }
    }

    private static string? Objection(Objective objective, Variable variable, double[] u, double[] gradient)
    {
        double slope = Sum.OfProducts(gradient, u).Value;
        if (!double.IsFinite(slope))
        {
            return $"the slope along a direction is {slope}";
        }

        // φ is rounded, and so is x + t·u, which the gradient passes on.
        double moved = Sum.OfProducts(gradient, variable.Value.AsSpan<double>()).Magnitude;
        double measurable = 800 * Epsilon * (objective.Magnitude + moved);
        double larger = double.NaN, smaller = double.NaN;
        int clear = 0;
        for (int exponent = LargestExponent; exponent >= SmallestExponent; exponent--)
        {
            double t = Math.Pow(2, exponent);
            if (objective.Increment(variable, u, t) is not double increment)
            {
                continue;
            }

            clear++;
            double remainder = Math.Abs(increment - (t * slope));
            if (remainder <= measurable)
            {
                break;
            }

            (larger, smaller) = (smaller, remainder);
        }

        if (clear == 0)
        {
            return "no step stays clear of a kink";
        }

        double order = Math.Log2(larger / smaller);
        return double.IsNaN(order) || order is >= 1.9 and <= 2.1
            ? null
            : $"the remainder falls with order {order:F2}, expected 2";
    }
}
