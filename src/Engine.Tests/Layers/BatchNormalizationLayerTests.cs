using Engine.Checking;
using Engine.Layers;

namespace Engine.Tests.Layers;

public sealed class BatchNormalizationLayerTests
{
    [FsCheck.NUnit.Property(MaxTest = 20, QuietOnSuccess = true)]
    public void Each_channel_comes_out_with_mean_0_and_variance_just_below_1(ulong seed)
    {
        Tensor x = RandomTensors.Normal([5, 3, 4, 2], new Philox(seed));
        BatchNormalization layer = Layer(3, epsilon: 1e-3);
        Tensor y = layer.Forward(x, new Pass(Mode.Training));
        for (int c = 0; c < 3; c++)
        {
            double variance = Variance(Channel(x, c));
            Assert.That(Channel(y, c).Average(), Is.EqualTo(0).Within(1e-13));
            Assert.That(Variance(Channel(y, c)), Is.EqualTo(variance / (variance + 1e-3)).Within(1e-12));
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 20, QuietOnSuccess = true)]
    public void The_gradient_is_orthogonal_to_the_normalized_input_but_for_epsilon(ulong seed)
    {
        // x̂ does not change when x is stretched about its mean, but for ε. From the formula of ∂x, with s = 1/√(σ² + ε),
        // Σ ∂x·x̂ = γ·s·(Σ g·x̂)·(1 − Σ x̂²/m), and Σ x̂²/m = σ²·s².
        Philox random = new(seed);
        Tensor x = RandomTensors.Normal([6, 2, 3, 3], random), g = RandomTensors.Signed(x.Shape, random);
        const double Epsilon = 0.1;
        BatchNormalization layer = Layer(2, Epsilon);
        Pass pass = new(Mode.Training);
        Tensor normalized = layer.Forward(x, pass).Clone(), dx = layer.Backward(g, pass);
        for (int c = 0; c < 2; c++)
        {
            double variance = Variance(Channel(x, c)), s = 1 / Math.Sqrt(variance + Epsilon);
            double given = Dot(Channel(dx, c), Channel(normalized, c));
            Assert.That(given, Is.EqualTo(s * Dot(Channel(g, c), Channel(normalized, c)) * (1 - (variance * s * s))).Within(1e-11));
        }
    }

    [Test]
    public void Running_statistics_are_averages_of_the_mean_and_of_the_unbiased_variance()
    {
        BatchNormalization layer = Layer(1, epsilon: 1e-5, momentum: 0.9);
        layer.Forward(Tensor.From([1.0, 2, 3, 6], [4, 1]), new Pass(Mode.Training));

        // Mean 3, squared deviations 4 + 1 + 0 + 9 = 14, divided by 3.
        Assert.That(layer.RunningMean.Value.Item(), Is.EqualTo((0.9 * 0) + (0.1 * 3)).Within(1e-15));
        Assert.That(layer.RunningVariance.Value.Item(), Is.EqualTo((0.9 * 1) + (0.1 * 14 / 3)).Within(1e-15));
    }

    [Test]
    public void Inference_uses_the_running_statistics_and_changes_nothing()
    {
        BatchNormalization layer = Layer(1, epsilon: 0.25);
        layer.RunningMean.Value.SetFlat(0, 2);
        layer.RunningVariance.Value.SetFlat(0, 3.75);
        Tensor y = layer.Forward(Tensor.From([2.0, 4, 6], [3, 1]), new Pass(Mode.Inference));
        Assert.That(y.AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 0, 1, 2 }).Within(1e-15));
        Assert.That(layer.RunningMean.Value.Item(), Is.EqualTo(2));
    }

    [Test]
    public void A_constant_channel_stays_finite()
    {
        Tensor x = Tensor.From([5.0, 5, 5], [3, 1]);
        Pass pass = new(Mode.Training);
        BatchNormalization layer = Layer(1, epsilon: 1e-5);
        Assert.That(layer.Forward(x, pass).AsSpan<double>().ToArray(), Is.All.EqualTo(0));
        Assert.That(layer.Backward(Tensor.From([1.0, 2, 4], [3, 1]), pass).AsSpan<double>().ToArray(), Is.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void One_value_per_channel_is_refused_with_what_to_do() => Assert.That(
        () => Layer(3, epsilon: 1e-5).Forward(Tensor.Zeros([1, 3], DType.Float64), new Pass(Mode.Training)),
        Throws.TypeOf<ShapeException>().With.Message.Contains("at least 2 values per channel").And.Message.Contains("larger batch"));

    private static BatchNormalization Layer(int channels, double epsilon, double momentum = 0.9)
    {
        BatchNormalization layer = new(channels, momentum, epsilon);
        layer.ConvertTo(DType.Float64);
        return layer;
    }

    private static double[] Channel(Tensor x, int c) =>
        [.. Enumerable.Range(0, x.ElementCount).Where(i => i / x.Shape.Stride(1) % x.Shape[1] == c).Select(x.GetFlat)];

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Average(v => (v - mean) * (v - mean));
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();
}
