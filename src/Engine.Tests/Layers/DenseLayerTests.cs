using Engine.Initializers;
using Engine.Layers;

namespace Engine.Tests.Layers;

public sealed class DenseLayerTests
{
    [Test]
    public void An_input_of_the_wrong_width_is_refused_with_the_right_one() => Assert.That(
        () => new Dense(4, 2, new Philox(1)).OutputShape([5, 3]),
        Throws.TypeOf<ShapeException>().With.Message.EqualTo("Dense 'dense': input is [5, 3], expected N×4."));

    [Test]
    public void Images_are_refused_with_the_advice_to_flatten_them() => Assert.That(
        () => new Dense(4, 2, new Philox(1)).OutputShape([5, 4, 2, 2]),
        Throws.TypeOf<ShapeException>().With.Message.Contains("expected N×4. Put a Flatten before it."));

    [Test]
    public void A_single_sample_without_a_batch_axis_is_refused() => Assert.That(
        () => new Dense(4, 2, new Philox(1)).OutputShape([4]),
        Throws.TypeOf<ShapeException>().With.Message.EndsWith("expected N×4."));

    [Test]
    public void Without_a_bias_zero_maps_to_zero_and_the_weight_is_the_only_parameter()
    {
        Dense dense = new(3, 2, new Philox(1), bias: false);
        Assert.That(dense.Bias, Is.Null);
        Assert.That(dense.Parameters, Is.EqualTo(new[] { dense.Weight }));
        Tensor y = dense.Forward(Tensor.Zeros([2, 3]), new Pass(Mode.Inference));
        Assert.That(y.AsSpan<float>().ToArray(), Is.All.Zero);
    }

    [Test]
    public void With_a_bias_zero_maps_to_the_bias_and_there_are_two_parameters()
    {
        Dense dense = new(3, 2, new Philox(1));
        Assert.That(dense.Parameters, Is.EqualTo(new[] { dense.Weight, dense.Bias! }));
        dense.Bias!.Value.SetFlat(1, 0.5);
        Tensor y = dense.Forward(Tensor.Zeros([1, 3]), new Pass(Mode.Inference));
        Assert.That(y.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 0f, 0.5f }));
    }

    [Test]
    public void The_weights_are_drawn_by_the_initializer_that_was_given()
    {
        Tensor expected = new HeNormal().Create([3, 2], new Fan(3, 2), new Philox(7));
        Dense dense = new(3, 2, new Philox(7), new HeNormal());
        Assert.That(dense.Weight.Value.AsSpan<float>().ToArray(), Is.EqualTo(expected.AsSpan<float>().ToArray()));
    }
}
