using Engine.Checking;
using Engine.Layers;
using Engine.Losses;

namespace Engine.Tests.Losses;

/// <summary>What losses promise besides their values and derivatives: what they refuse, and how they show a prediction.</summary>
public sealed class LossTests
{
    [TestCase(new[] { 2, 3 }, new[] { 3, 2 })]
    [TestCase(new[] { 2, 3 }, new[] { 2, 1 })]
    public void A_squared_error_refuses_shapes_that_differ(int[] prediction, int[] target) => Assert.That(
        () => Forward(new MeanSquaredError(), new Shape(prediction), new Shape(target)),
        Throws.TypeOf<ShapeException>().With.Message.Contains($"{new Shape(prediction)}").And.Message.Contains($"{new Shape(target)}"));

    [Test]
    public void A_categorical_cross_entropy_refuses_what_is_not_a_row_of_logits_per_sample() => Assert.That(
        () => Forward(new CategoricalCrossEntropy(), [2, 3, 4], [2, 3, 4]),
        Throws.TypeOf<ShapeException>().With.Message.Contains("both must be N×C"));

    [TestCase(new[] { 2, 3 }, new[] { 3 }, DType.Int32, TestName = "Labels that are too many are refused")]
    [TestCase(new[] { 2, 3 }, new[] { 2 }, DType.Float64, TestName = "Labels that are not integers are refused")]
    [TestCase(new[] { 2, 3, 4 }, new[] { 2 }, DType.Int32, TestName = "Logits that are not N×C are refused")]
    public void A_sparse_cross_entropy_refuses(int[] prediction, int[] target, DType dtype) => Assert.That(
        () => Forward(new SparseCategoricalCrossEntropy(), new Shape(prediction), new Shape(target), dtype),
        Throws.TypeOf<ShapeException>().With.Message.Contains("expected N×C and Int32 [N]"));

    [Test]
    public void Binary_probabilities_are_logistic()
    {
        Tensor x = RandomTensors.Normal([4, 3], new Philox(1));
        double[] expected = [.. x.AsSpan<double>().ToArray().Select(a => 1 / (1 + Math.Exp(-a)))];
        Assert.That(new BinaryCrossEntropy().Probabilities(x).AsSpan<double>().ToArray(), Is.EqualTo(expected).Within(1e-15));
    }

    [Test]
    public void Class_probabilities_are_a_softmax_for_both_kinds_of_target()
    {
        Tensor x = RandomTensors.Normal([4, 3], new Philox(2));
        double[] expected = [.. x.AsSpan<double>().ToArray().Chunk(3).SelectMany(row => row.Select(a => Math.Exp(a) / row.Sum(Math.Exp)))];
        Assert.That(new CategoricalCrossEntropy().Probabilities(x).AsSpan<double>().ToArray(), Is.EqualTo(expected).Within(1e-15));
        Assert.That(new SparseCategoricalCrossEntropy().Probabilities(x).AsSpan<double>().ToArray(), Is.EqualTo(expected).Within(1e-15));
    }

    [Test]
    public void A_squared_error_shows_the_prediction_as_it_is()
    {
        Tensor x = RandomTensors.Normal([4, 3], new Philox(3));
        Assert.That(new MeanSquaredError().Probabilities(x), Is.SameAs(x));
    }

    private static void Forward(Loss loss, Shape prediction, Shape target, DType dtype = DType.Float64) =>
        loss.Forward(Tensor.Zeros(prediction, DType.Float64), Tensor.Zeros(target, dtype), new Pass(Mode.Training));
}
