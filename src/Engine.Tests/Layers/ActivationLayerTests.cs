using Engine.Checking;
using Engine.Layers;

namespace Engine.Tests.Layers;

public sealed class ActivationLayerTests
{
    [Test]
    public void Saturated_activations_and_their_gradients_are_finite([Values(-1e4, -800, -40, 40, 800, 1e4)] double x)
    {
        foreach (Layer layer in (Layer[])[new Logistic(), new Tanh(), new ReLU(), new Softmax()])
        {
            Pass pass = new(Mode.Training);
            Tensor y = layer.Forward(Tensor.From([x, 0], [1, 2]), pass);
            Tensor dx = layer.Backward(Tensor.From([1.0, -1], [1, 2]), pass);
            Assert.That(y.AsSpan<double>().ToArray().Concat(dx.AsSpan<double>().ToArray()), Is.All.Matches<double>(double.IsFinite), layer.Name);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 30, QuietOnSuccess = true)]
    public void Softmax_gives_positive_rows_that_sum_to_1_and_ignores_a_shift(ulong seed)
    {
        Tensor x = RandomTensors.Normal([4, 7], new Philox(seed));
        double[] y = Apply(new Softmax(), x), shifted = Apply(new Softmax(), x + 1000);
        Assert.That(y, Is.All.Positive);
        Assert.That(y.Chunk(7).Select(row => row.Sum()), Is.All.EqualTo(1).Within(1e-14));
        Assert.That(shifted, Is.EqualTo(y).Within(1e-12));
    }

    [FsCheck.NUnit.Property(MaxTest = 30, QuietOnSuccess = true)]
    public void The_logistic_is_a_stretched_hyperbolic_tangent(ulong seed)
    {
        // σ(x) = (1 + tanh(x/2)) / 2.
        Tensor x = RandomTensors.Normal([50], new Philox(seed));
        double[] expected = [.. Apply(new Tanh(), x / 2).Select(t => (1 + t) / 2)];
        Assert.That(Apply(new Logistic(), x), Is.EqualTo(expected).Within(1e-15));
    }

    [Test]
    public void Softmax_of_two_classes_is_the_logistic_of_their_difference()
    {
        double[] y = Apply(new Softmax(), Tensor.From([1.5, -0.25], [1, 2]));
        Assert.That(y[0], Is.EqualTo(Apply(new Logistic(), Tensor.From(1.75))[0]).Within(1e-15));
    }

    private static double[] Apply(Layer layer, Tensor x) => layer.Forward(x, new Pass(Mode.Inference)).AsSpan<double>().ToArray();
}
