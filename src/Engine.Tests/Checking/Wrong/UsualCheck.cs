using Engine.Checking;
using Engine.Checking.Checks;

namespace Engine.Tests.Checking.Wrong;

/// <summary>
/// A gradient check as it is often written, for comparison: the outputs are simply summed (v = 1), one central difference
/// with h = 10⁻⁴, and 10⁻³ is close enough.
/// </summary>
internal static class UsualCheck
{
    private const double H = 1e-4;
    private const double Tolerance = 1e-3;

    public static bool Passes(GradientCase subject)
    {
        StepMemory.FillWithNaN();
        Tensor ones = subject.Output();
        ones.AsSpan<double>().Fill(1);
        double[][] gradients = subject.Gradients(ones);
        for (int k = 0; k < gradients.Length; k++)
        {
            for (int i = 0; i < gradients[k].Length; i++)
            {
                if (!(Math.Abs(gradients[k][i] - Quotient(subject, subject.Variables[k].Value, i)) <= Tolerance))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static double Quotient(GradientCase subject, Tensor variable, int i)
    {
        double x = variable.GetFlat(i);
        variable.SetFlat(i, x + H);
        double plus = Total(subject);
        variable.SetFlat(i, x - H);
        double minus = Total(subject);
        variable.SetFlat(i, x);
        return (plus - minus) / (2 * H);
    }

    private static double Total(GradientCase subject)
    {
        double sum = 0;
        foreach (double y in subject.Output().AsSpan<double>())
        {
            sum += y;
        }

        return sum;
    }
}
