using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongSoftmax
{
    public static IEnumerable<Mistake> All =>
    [
        Wrong("zeros: with v = 1 nothing else shows", (_, _, _) => 0),
        Wrong("the diagonal of the Jacobian only", (y, g, _) => y * (1 - y) * g),
        Wrong("the sign turned", (y, g, dot) => -y * (g - dot)),
        Wrong("half", (y, g, dot) => 0.5 * y * (g - dot)),
        Wrong("the factor y forgotten", (_, g, dot) => g - dot),
        Wrong("the sum over the row forgotten", (y, g, _) => y * g),
    ];

    private static Mistake Wrong(string what, Func<double, double, double, double> formula) => Mistake.In<Softmax>(what, (_, g, pass) =>
    {
        Tensor y = pass.Restore(), dx = Tensor.Like(g);
        int row = y.Shape[-1];
        for (int first = 0; first < y.ElementCount; first += row)
        {
            double dot = Enumerable.Range(first, row).Sum(i => g.GetFlat(i) * y.GetFlat(i));
            for (int i = first; i < first + row; i++)
            {
                dx.SetFlat(i, formula(y.GetFlat(i), g.GetFlat(i), dot));
            }
        }

        return dx;
    });
}
