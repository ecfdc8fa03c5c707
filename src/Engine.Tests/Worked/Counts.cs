using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;

namespace Engine.Tests.Worked;

/// <summary>Parameter counts, targets and losses that the decks print.</summary>
public sealed class Counts
{
    [Test]
    public void The_first_layer_of_784_512_10_has_401_920_parameters_and_the_network_407_050()
    {
        NetworkSummary summary = Summary("mnist-mlp");
        Assert.That(summary.Layers.First(l => l.Type == nameof(Dense)).Parameters, Is.EqualTo(401_920));
        Assert.That(summary.Parameters, Is.EqualTo(407_050));
        Assert.That(summary.MultiplyAdds, Is.EqualTo((784 * 512) + (512 * 10)));
    }

    [Test]
    public void LeNet5_has_61_706_parameters()
    {
        // (5·5·1+1)·6 + (5·5·6+1)·16 + (5·5·16+1)·120 + (120+1)·84 + (84+1)·10, LeCun et al. 1998 with C3 fully connected.
        NetworkSummary summary = Summary("lenet5");
        Assert.That(summary.Parameters, Is.EqualTo(156 + 2_416 + 48_120 + 10_164 + 850));
        Assert.That(summary.Layers.Single(l => l.Name == "c1").MultiplyAdds, Is.EqualTo(6 * 28 * 28 * 25));
    }

    [Test]
    public void ShallowVgg_at_32x32x3_is_as_the_deck_draws_it()
    {
        // Convolutions 896 + 9,248 + 18,496 + 36,928, dense 4096·512 + 512 and 512·10 + 10, γ and β of 2·32 + 2·64 + 512 channels.
        ModelDefinition model = ModelCatalog.Find("shallow-vgg")!;
        NetworkSummary summary = new(model.Create([3, 32, 32], 10, new Philox(1)), [3, 32, 32]);
        Assert.That(summary.Parameters, Is.EqualTo(896 + 9_248 + 18_496 + 36_928 + 2_097_664 + 5_130 + (2 * (64 + 128 + 512))));
        Assert.That(summary.Statistics, Is.EqualTo(2 * (64 + 128 + 512)));
    }

    [Test]
    public void The_label_3_is_the_one_hot_row_0001000000()
    {
        Dataset digit = Dataset.OfLabels("a three", Tensor.Zeros([1, 784]), [3], [.. "0123456789".Select(c => $"{c}")]);
        Tensor image = new([1, 784]), row = new([1, 10]);
        digit.GetBatch([0], image, row);
        Assert.That(row.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 }));
    }

    [TestCase(0.9, 1)]
    [TestCase(0.9, 0)]
    [TestCase(0.5, 1)]
    [TestCase(0.001, 1)]
    public void The_cross_entropy_of_a_binary_prediction_is_that_of_deck_R(double p, double t)
    {
        double expected = -((t * Math.Log(p)) + ((1 - t) * Math.Log(1 - p)));
        Tensor logit = Tensor.From([Math.Log(p / (1 - p))], [1, 1]);
        double loss = new BinaryCrossEntropy().Forward(logit, Tensor.From([t], [1, 1]), new Pass(Mode.Inference)).Item();
        Assert.That(loss, Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void Misplaced_confidence_costs_without_bound()
    {
        // Logit −z against target 1 costs z + ln(1 + e⁻ᶻ): no ceiling, no infinity.
        foreach (double z in new[] { 10.0, 100, 1e4, 1e6 })
        {
            double loss = new BinaryCrossEntropy()
                .Forward(Tensor.From([-z], [1, 1]), Tensor.From([1.0], [1, 1]), new Pass(Mode.Inference)).Item();
            Assert.That(loss, Is.EqualTo(z + Math.Log(1 + Math.Exp(-z))).Within(1e-12 * z));
        }
    }

    private static NetworkSummary Summary(string name)
    {
        ModelDefinition model = ModelCatalog.Find(name)!;
        return new NetworkSummary(model.Create(model.DefaultInput, model.DefaultClasses, new Philox(1)), model.DefaultInput);
    }
}
