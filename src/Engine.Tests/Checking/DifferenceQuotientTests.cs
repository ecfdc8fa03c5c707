using Engine.Checking;
using Engine.Layers;

namespace Engine.Tests.Checking;

/// <summary>The reference itself, on functions whose derivatives are known.</summary>
public sealed class DifferenceQuotientTests
{
    private static IEnumerable<TestCaseData> Functions =>
    [
        Known("exp", Math.Exp, Math.Exp),
        Known("sin", Math.Sin, Math.Cos),
        Known("ln(1 + x²)", x => Math.Log(1 + (x * x)), x => 2 * x / (1 + (x * x))),
        Known("1/(4 + x)", x => 1 / (4 + x), x => -1 / ((4 + x) * (4 + x))),
        Known("x⁵", x => Math.Pow(x, 5), x => 5 * Math.Pow(x, 4)),
        Known("1000·tanh", x => 1000 * Math.Tanh(x), x => 1000 / (Math.Cosh(x) * Math.Cosh(x))),
    ];

    [TestCaseSource(nameof(Functions))]
    public void The_estimated_error_covers_the_true_one(Func<double, double> f, Func<double, double> derivative)
    {
        const ulong Seed = 3;
        Philox random = new(Seed);
        for (int i = 0; i < 500; i++)
        {
            double x = random.NextDouble(-3, 3);
            DifferenceQuotient quotient = Differentiate(new Scalar(f), x)!.Value;
            Assert.That(quotient.Accepts(derivative(x)), $"x = {x}: {quotient}, true {derivative(x)}");
        }
    }

    [TestCaseSource(nameof(Functions))]
    public void A_millionth_is_seen(Func<double, double> f, Func<double, double> derivative)
    {
        const ulong Seed = 4;
        Philox random = new(Seed);
        for (int i = 0; i < 500; i++)
        {
            double x = random.NextDouble(-3, 3), wrong = derivative(x) + (1e-6 * Math.Max(1, Math.Abs(derivative(x))));
            Assert.That(Differentiate(new Scalar(f), x)!.Value.Accepts(wrong), Is.False, $"x = {x}");
        }
    }

    [Test]
    public void A_step_shrinks_to_stay_clear_of_a_kink()
    {
        Scalar absolute = new(Math.Abs, x => x > 0 ? 1 : 0);
        Assert.That(Differentiate(absolute, 1e-4)!.Value.Accepts(1));
        Assert.That(Differentiate(absolute, -1e-4)!.Value.Accepts(-1));
    }

    [Test]
    public void On_a_kink_there_is_no_result() =>
        Assert.That(Differentiate(new Scalar(Math.Abs, x => x > 0 ? 1 : 0), 1e-9), Is.Null);

    [Test]
    public void Too_uncertain_a_result_is_none() =>
        Assert.That(Differentiate(new Scalar(x => Math.Sin(1e7 * x)), 0.3), Is.Null);

    [Test]
    public void NaN_is_never_accepted() =>
        Assert.That(Differentiate(new Scalar(Math.Exp), 0.5)!.Value.Accepts(double.NaN), Is.False);

    private static TestCaseData Known(string name, Func<double, double> f, Func<double, double> derivative) =>
        new TestCaseData(f, derivative).SetArgDisplayNames(name);

    private static DifferenceQuotient? Differentiate(Scalar f, double x)
    {
        LayerCase subject = new(f, [1], new Philox(1));
        subject.X.SetFlat(0, x);
        Objective objective = new(subject, Tensor.From(1.0));
        return DifferenceQuotient.Of(objective, subject.Variables[0], [1], Math.Abs(x), halvings: 8);
    }

    private sealed class Scalar(Func<double, double> f, Func<double, int>? piece = null) : ElementwiseLayer, IPiecewise
    {
        public override Tensor Forward(Tensor x, Pass pass) => Tensor.From(f(x.Item()));

        public override Tensor Backward(Tensor g, Pass pass) => throw new NotSupportedException();

        public IEnumerable<int> Pieces(Tensor x) => piece is null ? [] : [piece(x.Item())];
    }
}
