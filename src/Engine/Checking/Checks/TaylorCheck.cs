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
            string? first = Objection(objective, variable, Direction(variable, random), gradients[k]);
            string? second = Another();
            if (first is null != second is null)
            {
                // Along one direction in ten thousand the quadratic term happens to be next to nothing. A third decides.
                first = Another();
            }

            if (first is not null)
            {
                Fail(report, subject, variable.Name, first);
            }

            // Another direction; a single number has only one, so there another v.
            string? Another()
            {
                if (variable.Value.ElementCount > 1)
                {
                    return Objection(objective, variable, Direction(variable, random), gradients[k]);
                }

                Tensor other = SeedGradient(subject, random);
                return Objection(new Objective(subject, other), variable, Direction(variable, random), subject.Gradients(other)[k]);
            }
        }
    }

    private static double[] Direction(Variable variable, Philox random) =>
        RandomTensors.Signed(variable.Value.Shape, random).AsSpan<double>().ToArray();

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
        double before = double.NaN, order = double.NaN;
        bool clear = false;
        for (int exponent = LargestExponent; exponent >= SmallestExponent; exponent--)
        {
            double t = Math.Pow(2, exponent);
            double? increment = objective.Increment(variable, u, t);
            clear |= increment is not null;

            // NaN where a kink is in the way; where only rounding is left, nothing can be observed either. Large steps may
            // meet a zero of the remainder, so the search goes on below.
            double remainder = Math.Abs((increment ?? double.NaN) - (t * slope));
            remainder = remainder > measurable ? remainder : double.NaN;
            double observed = Math.Log2(before / remainder);
            order = double.IsNaN(observed) ? order : observed;
            before = remainder;
        }

        if (!clear)
        {
            return "no step stays clear of a kink";
        }

        return double.IsNaN(order) || order is >= 1.9 and <= 2.1
            ? null
            : $"the remainder falls with order {order:F2}, expected 2";
    }
}
