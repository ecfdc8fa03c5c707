using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// For any shape: along random directions u through each tensor, ⟨v, J·u⟩ by difference quotient against ⟨Jᵀ·v, u⟩ from
/// Backward. One wrong element shows in every direction that is not zero there.
/// </summary>
internal sealed class DirectionCheck : Check
{
    private const int Directions = 8;

    // A step moves every element at once, so that it meets kinks far sooner than a step along one.
    private const int Halvings = 12;

    // How often, and how far at the most, each number is moved where no direction stays clear of a kink.
    private const int Moves = 3;
    private const double Reach = 0.05;

    public override string Name => "directions";

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        double[][] gradients = subject.Gradients(v);
        Objective objective = new(subject, v);
        for (int k = 0; k < gradients.Length; k++)
        {
            Variable variable = subject.Variables[k];
            bool compared = Compare(subject, variable, gradients[k], objective, random, report);
            double[] before = variable.Value.AsSpan<double>().ToArray();
            for (int move = 0; move < Moves && !compared; move++)
            {
                // A tensor of one number has only one direction, and before hundreds of rectifiers one of them may be in the way. It
                // is not in the way of another number.
                foreach (ref double x in variable.Value.AsSpan<double>())
                {
                    x += random.NextDouble(-Reach, Reach);
                }

                compared = Compare(subject, variable, subject.Gradients(v)[k], new Objective(subject, v), random, report);
            }

            before.CopyTo(variable.Value.AsSpan<double>());
            if (!compared)
            {
                Fail(report, subject, variable.Name, $"none of {Directions} directions stays clear of a kink, here or at {Moves} places nearby");
            }
        }
    }

    // False where every direction met a kink.
    private bool Compare(GradientCase subject, Variable variable, double[] gradient, Objective objective, Philox random, GradientReport report)
    {
        int compared = 0;
        for (int i = 0; i < Directions; i++)
        {
            double[] u = RandomTensors.Signed(variable.Value.Shape, random).AsSpan<double>().ToArray();
            if (DifferenceQuotient.Of(objective, variable, u, 1, Halvings) is not DifferenceQuotient quotient)
            {
                continue;
            }

            compared++;
            Sum given = Sum.OfProducts(gradient, u);

            // The sum on the given side is rounded too.
            if (!(Math.Abs(given.Value - quotient.Value) <= quotient.Tolerance + (1e-14 * given.Magnitude)))
            {
                Fail(report, subject, variable.Name,
                    $"⟨Jᵀv, u⟩ = {Number(given.Value)} from Backward, ⟨v, Ju⟩ = {Number(quotient.Value)} numerically, "
                    + $"apart {Error(quotient.RelativeError(given.Value))}",
                    $"err {Error(quotient.Error / quotient.Scale)}");
                break;
            }
        }

        return compared > 0;
    }
}
