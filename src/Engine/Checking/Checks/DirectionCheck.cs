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

    public override string Name => "directions";

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random);
        double[][] gradients = subject.Gradients(v);
        Objective objective = new(subject, v);
        for (int k = 0; k < gradients.Length; k++)
        {
            Variable variable = subject.Variables[k];
            int compared = 0;
            for (int i = 0; i < Directions; i++)
            {
                double[] u = RandomTensors.Signed(variable.Value.Shape, random).AsSpan<double>().ToArray();
                if (DifferenceQuotient.Of(objective, variable, u, 1, Halvings) is not DifferenceQuotient quotient)
                {
                    continue;
                }

                compared++;
                Sum given = Sum.OfProducts(gradients[k], u);

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

            if (compared == 0)
            {
                Fail(report, subject, variable.Name, $"none of {Directions} directions stays clear of a kink");
            }
        }
    }
}
