using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongActivations
{
    public static IEnumerable<Mistake> All =>
    [
        Wrong<ReLU>("passes everything", _ => 1),
        Wrong<ReLU>("passes where x < 0", y => y > 0 ? 0 : 1),
        Wrong<ReLU>("scaled by y", y => y),
        Wrong<ReLU>("leaks 0.01 where x < 0", y => y > 0 ? 1 : 0.01),
        Wrong<Logistic>("y·(1 + y)", y => y * (1 + y)),
        Wrong<Logistic>("σ′ taken at y: σ(y)·(1 − σ(y))", y => Sigma(y) * (1 - Sigma(y))),
        Wrong<Logistic>("y", y => y),
        Wrong<Tanh>("1 − |y|, the square forgotten", y => 1 - Math.Abs(y)),
        Wrong<Tanh>("1 + y²", y => 1 + (y * y)),
        Wrong<Tanh>("y·(1 − y), the logistic's", y => y * (1 - y)),
    ];

    private static double Sigma(double x) => 1 / (1 + Math.Exp(-x));

    private static Mistake Wrong<TLayer>(string what, Func<double, double> derivative)
        where TLayer : Layer => Mistake.In<TLayer>($"f′ = {what}", (_, g, pass) =>
        {
            Tensor y = pass.Restore(), dx = Tensor.Like(g);
            for (int i = 0; i < y.ElementCount; i++)
            {
                dx.SetFlat(i, g.GetFlat(i) * derivative(y.GetFlat(i)));
            }

            return dx;
        });
}
