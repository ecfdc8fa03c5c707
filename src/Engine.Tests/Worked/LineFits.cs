using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;

namespace Engine.Tests.Worked;

/// <summary>The worked numbers of deck F: ŷ = m·x + b through (1, 3) and (2, 5), from m = −1, b = 5.</summary>
/// <remarks>
/// Erratum of the deck: it prints ∂MSE/∂m = 9m + 5b − 23 = −7, ∂MSE/∂b = 5m + 3b − 13 = −3 and a step to b = 4.7. With
/// MSE = ½·Σ(y − ŷ)² the derivatives are 5m + 3b − 13 = −3 and 3m + 2b − 8 = −1, and a step of 0.1 leads to m = −0.7,
/// b = 5.1.
/// </remarks>
public sealed class LineFits
{
    private static readonly Tensor X = Tensor.From([1.0, 2.0], [2, 1]);
    private static readonly Tensor Y = Tensor.From([3.0, 5.0], [2, 1]);

    [Test]
    public void The_first_line_predicts_4_and_3_with_MSE_2_5_and_RMSE_1_58()
    {
        Network line = Line();
        Tensor prediction = line.Predict(X);
        Tensor error = prediction - Y;

        Assert.That(prediction.AsSpan<double>().ToArray(), Is.EqualTo(new[] { 4.0, 3.0 }));
        Assert.That((error * error).AsSpan<double>().ToArray(), Is.EqualTo(new[] { 1.0, 4.0 }));
        Assert.That(Mse(line), Is.EqualTo(2.5));

        // Erratum of the deck's get_rmse: it returns rmse ** .5 with rmse undefined; it means mse ** .5.
        Assert.That(Math.Round(Math.Sqrt(Mse(line)), 2), Is.EqualTo(1.58));
    }

    [TestCase(-1, 4, 4.5)]
    [TestCase(0, 4, 1.0)]
    [TestCase(-1, 5, 2.5)]
    [TestCase(2, 1, 0.0)]
    public void The_loss_surface_at_m_b_is(double m, double b, double expected) =>
        Assert.That(Mse(Line(m, b)), Is.EqualTo(expected));

    [Test]
    public void The_gradient_is_minus_3_and_minus_1_and_finite_differences_refute_the_deck()
    {
        (double dm, double db) = Gradient(Line());
        Assert.That((dm, db), Is.EqualTo((-3.0, -1.0)));

        // MSE is quadratic, so the central difference is exact but for rounding.
        const double H = 1.0 / 64;
        double numericM = (Mse(Line(-1 + H, 5)) - Mse(Line(-1 - H, 5))) / (2 * H);
        double numericB = (Mse(Line(-1, 5 + H)) - Mse(Line(-1, 5 - H))) / (2 * H);
        Assert.That(numericM, Is.EqualTo(dm).Within(1e-12));
        Assert.That(numericB, Is.EqualTo(db).Within(1e-12));

        double deckM = (9 * -1) + (5 * 5) - 23, deckB = (5 * -1) + (3 * 5) - 13;
        Assert.That((deckM, deckB), Is.EqualTo((-7.0, -3.0)), "what the deck prints");
        Assert.That(Math.Abs(numericM - deckM), Is.EqualTo(4).Within(1e-12));
        Assert.That(Math.Abs(numericB - deckB), Is.EqualTo(2).Within(1e-12));
    }

    [TestCase(-1, 5)]
    [TestCase(0.3, -2)]
    [TestCase(4, 1.5)]
    public void The_gradient_is_5m_3b_13_and_3m_2b_8(double m, double b)
    {
        (double dm, double db) = Gradient(Line(m, b));
        Assert.That(dm, Is.EqualTo((5 * m) + (3 * b) - 13).Within(1e-12));
        Assert.That(db, Is.EqualTo((3 * m) + (2 * b) - 8).Within(1e-12));
    }

    [Test]
    public void One_step_of_0_1_leads_to_m_0_7_and_b_5_1()
    {
        Network line = Line();
        _ = Losses(line, 0.1, 1);
        (double m, double b) = Parameters(line);
        Assert.That(m, Is.EqualTo(-0.7).Within(1e-12));
        Assert.That(b, Is.EqualTo(5.1).Within(1e-12));
    }

    [Test]
    public void A_learning_rate_of_0_6_diverges_0_005_crawls_and_0_1_converges()
    {
        double[] diverging = Losses(Line(), 0.6, 3);
        Assert.That(diverging.Select(l => Math.Round(l, 1)), Is.EqualTo(new[] { 8.2, 66.1, 629.2 }));

        double[] crawling = Losses(Line(), 0.005, 20);
        Assert.That(crawling, Is.Ordered.Descending);
        Assert.That(crawling[^1], Is.GreaterThan(1.0), "far from 0 after 20 steps");

        Network line = Line();
        double[] converging = Losses(line, 0.1, 1000);
        Assert.That(converging[^1], Is.LessThan(1e-12));
        (double m, double b) = Parameters(line);
        Assert.That(m, Is.EqualTo(2).Within(1e-5));
        Assert.That(b, Is.EqualTo(1).Within(1e-5));
    }

    private static Network Line(double m = -1, double b = 5)
    {
        LineFit model = new();
        Network network = model.Create([1], 1, new Philox(1));
        network.ConvertTo(DType.Float64);
        Dense line = (Dense)network.Children[0];
        line.Weight.Value.SetFlat(0, m);
        line.Bias!.Value.SetFlat(0, b);
        return network;
    }

    private static (double M, double B) Parameters(Network network)
    {
        Dense line = (Dense)network.Children[0];
        return (line.Weight.Value.Item(), line.Bias!.Value.Item());
    }

    private static double Mse(Network line) =>
        new MeanSquaredError().Forward(line.Predict(X), Y, new Pass(Mode.Inference)).Item();

    private static (double Dm, double Db) Gradient(Network line)
    {
        Step(line);
        Dense dense = (Dense)line.Children[0];
        return (dense.Weight.Gradient.Item(), dense.Bias!.Gradient.Item());
    }

    private static void Step(Network line)
    {
        MeanSquaredError mse = new();
        Pass pass = new(Mode.Training);
        line.ZeroGradients();
        mse.Forward(line.Forward(X, pass), Y, pass);
        line.Backward(mse.Backward(pass), pass);
    }

    // The MSE after each step.
    private static double[] Losses(Network line, double rate, int steps)
    {
        Sgd sgd = new(line, rate);
        double[] losses = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            Step(line);
            sgd.Step();
            losses[i] = Mse(line);
        }

        return losses;
    }
}
