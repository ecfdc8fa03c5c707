using Engine.Layers;
using Engine.Losses;

namespace Engine.Tests.Losses;

public sealed class SquaredErrorTests
{
    [Test]
    public void The_loss_is_the_mean_of_the_squared_differences()
    {
        // (4 − 3)² + (3 − 5)² = 5, and deck F's line fit: MSE 2.5.
        Pass pass = new(Mode.Training);
        MeanSquaredError loss = new();
        Assert.That(loss.Forward(Tensor.From(4.0, 3.0), Tensor.From(3.0, 5.0), pass).Item(), Is.EqualTo(2.5));
        Assert.That(loss.Backward(pass).AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 1, -2 }));
    }

    [Test]
    public void A_target_of_another_shape_is_refused_though_it_would_broadcast() => Assert.That(
        () => new MeanSquaredError().Forward(Tensor.Zeros([3, 1]), Tensor.Zeros([3]), new Pass(Mode.Training)),
        Throws.TypeOf<ShapeException>().With.Message.EqualTo("MeanSquaredError: the prediction is [3, 1], the target [3]; they must agree."));

    [Test]
    public void Probabilities_are_what_the_loss_makes_of_logits()
    {
        Tensor logits = Tensor.From([0.0, Math.Log(3)], [1, 2]);
        Assert.That(Values(new MeanSquaredError().Probabilities(logits)), Is.EqualTo(Values(logits)));
        Assert.That(Values(new BinaryCrossEntropy().Probabilities(logits)), Is.EqualTo(new[] { 0.5, 0.75 }).Within(1e-15));
        Assert.That(Values(new CategoricalCrossEntropy().Probabilities(logits)), Is.EqualTo(new[] { 0.25, 0.75 }).Within(1e-15));
        Assert.That(Values(new SparseCategoricalCrossEntropy().Probabilities(logits)), Is.EqualTo(new[] { 0.25, 0.75 }).Within(1e-15));
    }

    private static double[] Values(Tensor x) => x.AsSpan<double>().ToArray();
}
