using Engine.Layers;
using Engine.Optimizers;

namespace Engine.Tests.Optimizers;

/// <summary>Steps of gradient descent worked by hand, and against a second implementation of the formulas.</summary>
public sealed class OptimizerTests
{
    [Test]
    public void Sgd_moves_against_the_gradient_by_the_learning_rate()
    {
        Dense layer = Layer(1, -2);
        Sgd sgd = new(layer, learningRate: 0.1);
        Step(sgd, layer, 0.5, -4);
        AssertWeights(layer, [1 - 0.05, -2 + 0.4]);
    }

    [Test]
    public void Momentum_remembers_with_the_rate_outside_the_velocity()
    {
        // g = 1, 1, 1 with μ = 0.5: v = 1, 1.5, 1.75, so θ falls by η times 1, 2.5, 4.25.
        Dense layer = Layer(0, 0);
        Sgd sgd = new(layer, learningRate: 0.2, momentum: 0.5);
        double[] travelled = [1, 2.5, 4.25];
        foreach (double distance in travelled)
        {
            Step(sgd, layer, 1, -1);
            AssertWeights(layer, [-0.2 * distance, 0.2 * distance]);
        }
    }

    [Test]
    public void The_first_step_of_Adam_has_the_length_of_the_learning_rate_whatever_the_gradient()
    {
        // t = 1: m̂ = g and v̂ = g², so θ falls by η·g/(|g| + ε).
        Dense layer = Layer(0, 0);
        Adam adam = new(layer, learningRate: 0.1);
        Step(adam, layer, 1000, -0.001);
        AssertWeights(layer, [-0.1 * 1000 / (1000 + 1e-8), 0.1 * 0.001 / (0.001 + 1e-8)]);
    }

    [Test]
    public void Three_steps_of_Adam_are_those_of_the_paper_by_hand()
    {
        // β₁ = 0.5, β₂ = 0.75, g = 1, 2, −1, worked out from algorithm 1:
        //   m = 0.5, 1.25, 0.125;      1 − β₁ᵗ = 0.5, 0.75, 0.875;            m̂ = 1, 5/3, 1/7
        //   v = 0.25, 1.1875, 1.140625; 1 − β₂ᵗ = 0.25, 0.4375, 0.578125;     v̂ = 1, 19/7, 73/37
        const double Rate = 0.1, Epsilon = 1e-3;
        Dense layer = Layer(0, 0);
        Adam adam = new(layer, Rate, beta1: 0.5, beta2: 0.75, Epsilon);
        double expected = 0;
        (double G, double M, double V)[] steps = [(1, 1, 1), (2, 5 / 3.0, 19 / 7.0), (-1, 1 / 7.0, 73 / 37.0)];
        foreach ((double g, double m, double v) in steps)
        {
            Step(adam, layer, g, -g);
            expected -= Rate * m / (Math.Sqrt(v) + Epsilon);
            AssertWeights(layer, [expected, -expected]);
        }
    }

    [TestCase(1e-3, 0.9, 0.999, 1e-8)]
    [TestCase(0.3, 0.0, 0.0, 1e-2)]
    [TestCase(1e-2, 0.99, 0.5, 1e-10)]
    public void Fifty_steps_of_Adam_agree_with_a_scalar_implementation(double rate, double beta1, double beta2, double epsilon)
    {
        const ulong Seed = 5;
        Philox random = new(Seed);
        Dense layer = Layer(0.3, -0.7);
        Adam adam = new(layer, rate, beta1, beta2, epsilon);
        double[] theta = [0.3, -0.7], m = [0, 0], v = [0, 0], g = new double[2];
        double beta1Power = 1, beta2Power = 1;
        for (int t = 1; t <= 50; t++)
        {
            beta1Power *= beta1;
            beta2Power *= beta2;
            for (int i = 0; i < 2; i++)
            {
                g[i] = random.NextNormal() * Math.Pow(10, random.NextInt(7) - 3);
                m[i] = (beta1 * m[i]) + ((1 - beta1) * g[i]);
                v[i] = (beta2 * v[i]) + ((1 - beta2) * g[i] * g[i]);
                theta[i] -= rate * (m[i] / (1 - beta1Power)) / (Math.Sqrt(v[i] / (1 - beta2Power)) + epsilon);
            }

            Step(adam, layer, g);

            // Fifty sums of terms of size η, each of a handful of roundings: far below 10⁻¹² of it.
            Assert.That(Weights(layer), Is.EqualTo(theta).Within(1e-12), $"step {t}, seed {Seed}");
        }
    }

    [TestCaseSource(nameof(Rules))]
    public void A_frozen_parameter_does_not_move_and_moves_again_when_thawed(Func<Layer, Optimizer> rule)
    {
        Dense layer = Layer(1, 2);
        Optimizer optimizer = rule(layer);
        layer.Weight.Gradient.AsSpan<double>().Fill(1);
        layer.Weight.Trainable = false;
        optimizer.Step();
        Assert.That(Weights(layer), Is.EqualTo(new[] { 1.0, 2.0 }));

        layer.Weight.Trainable = true;
        optimizer.Step();
        Assert.That(Weights(layer), Is.All.Not.EqualTo(1).And.All.Not.EqualTo(2));
    }

    [TestCaseSource(nameof(Rules))]
    public void A_guard_that_is_not_zero_holds_every_parameter(Func<Layer, Optimizer> rule)
    {
        Dense layer = Layer(1, 2);
        Optimizer optimizer = rule(layer);
        layer.Weight.Gradient.AsSpan<double>().Fill(1);
        Tensor guard = Tensor.From([3], []);
        optimizer.Step(guard);
        Assert.That(Weights(layer), Is.EqualTo(new[] { 1.0, 2.0 }));

        guard.SetFlat(0, 0);
        optimizer.Step(guard);
        Assert.That(Weights(layer)[0], Is.LessThan(1));
    }

    [TestCaseSource(nameof(Rules))]
    public void A_network_whose_parameters_are_all_frozen_takes_its_steps(Func<Layer, Optimizer> rule)
    {
        Dense layer = Layer(1, 2);
        Optimizer optimizer = rule(layer);
        layer.Weight.Trainable = false;
        optimizer.Step();
        Assert.That(optimizer.StepCount, Is.EqualTo(1));
    }

    [Test]
    public void A_rule_that_says_nothing_of_how_parameters_move_is_told_what_to_write()
    {
        Dense layer = Layer(1, 2);
        Assert.That(() => new Silent(layer).Step(), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Silent").And.Message.Contains("Update(int, Parameter)"));
    }

    [TestCaseSource(nameof(Rules))]
    public void Statistics_do_not_move(Func<Layer, Optimizer> rule)
    {
        BatchNormalization layer = new(2);
        Optimizer optimizer = rule(layer);
        layer.Gamma.Gradient.AsSpan<float>().Fill(1);
        optimizer.Step();
        Assert.That(layer.Gamma.Value.AsSpan<float>().ToArray(), Is.All.LessThan(1));
        Assert.That(layer.RunningMean.Value.AsSpan<float>().ToArray(), Is.All.Zero);
        Assert.That(layer.RunningVariance.Value.AsSpan<float>().ToArray(), Is.All.EqualTo(1));
    }

    [TestCaseSource(nameof(Rules))]
    public void The_settings_tell_rules_apart_and_do_not_change_with_the_learning_rate(Func<Layer, Optimizer> rule)
    {
        Optimizer optimizer = rule(Layer(0, 0));
        string settings = optimizer.Settings;
        optimizer.LearningRate = 0.5;
        Assert.That(optimizer.Settings, Is.EqualTo(settings));
        Assert.That(Rules.Count(r => r(Layer(0, 0)).Settings == settings), Is.EqualTo(1));
    }

    [Test]
    public void Settings_out_of_range_are_refused()
    {
        Dense layer = Layer(0, 0);
        Assert.That(() => new Sgd(layer, 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd(layer, double.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Sgd(layer, 0.1, momentum: 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Adam(layer, beta1: 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Adam(layer, beta2: -0.1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Adam(layer, epsilon: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static readonly Func<Layer, Optimizer>[] Rules =
    [
        layer => new Sgd(layer, 0.1),
        layer => new Sgd(layer, 0.1, momentum: 0.9),
        layer => new Adam(layer, 0.1),
        layer => new Adam(layer, 0.1, beta1: 0.8),
        layer => new SignDescent(layer, 0.1),
    ];

    // Two weights in Float64.
    private static Dense Layer(double first, double second)
    {
        Dense layer = new(1, 2, new Philox(0), bias: false);
        layer.ConvertTo(DType.Float64);
        (layer.Weight.Value.AsSpan<double>()[0], layer.Weight.Value.AsSpan<double>()[1]) = (first, second);
        return layer;
    }

    private static void Step(Optimizer optimizer, Dense layer, params double[] gradient)
    {
        gradient.CopyTo(layer.Weight.Gradient.AsSpan<double>());
        optimizer.Step();
    }

    private static double[] Weights(Dense layer) => layer.Weight.Value.AsSpan<double>().ToArray();

    private static void AssertWeights(Dense layer, double[] expected) =>
        Assert.That(Weights(layer), Is.EqualTo(expected).Within(1e-15));

    /// <summary>θ := θ − η·sign g, as a student writes a rule: one parameter at a time, in plain arithmetic.</summary>
    private sealed class SignDescent(Layer network, double learningRate) : Optimizer(network, learningRate)
    {
        public override IEnumerable<(string Name, Tensor Value)> State => [];

        protected override void Update(int index, Parameter parameter)
        {
            Tensor sign = parameter.Gradient / (parameter.Gradient * parameter.Gradient).Sqrt();
            (parameter.Value - (LearningRate * sign)).CopyTo(parameter.Value);
        }
    }

    private sealed class Silent(Layer network) : Optimizer(network, 1)
    {
        public override IEnumerable<(string Name, Tensor Value)> State => [];
    }
}
