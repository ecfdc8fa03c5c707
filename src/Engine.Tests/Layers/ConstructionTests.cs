using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;

namespace Engine.Tests.Layers;

/// <summary>What layers make of their settings: first weights, names, and what they refuse.</summary>
public sealed class ConstructionTests
{
    [Test]
    public void First_convolution_weights_fill_the_Glorot_interval_of_the_inputs_and_outputs_of_one_group()
    {
        // Glorot and Bengio 2010, eq. 16: ±√(6 / (fanIn + fanOut)). One group: 4 channels in, 16 out, 3×5 taps.
        Conv2D conv = new(8, 32, (3, 5), new Philox(1), groups: 2);
        double limit = Math.Sqrt(6.0 / ((4 * 15) + (16 * 15)));
        float[] weights = conv.Weight.Value.AsSpan<float>().ToArray();
        Assert.That(weights.Max(Math.Abs), Is.InRange(0.99 * limit, limit), "1,920 uniform draws reach the edge");
    }

    [Test]
    public void Given_initializers_are_used()
    {
        Conv2D conv = new(1, 2, 3, new Philox(1), weights: new Constant(0.25));
        Dense dense = new(3, 2, new Philox(1), new Constant(-2));
        Assert.That(conv.Weight.Value.AsSpan<float>().ToArray(), Is.All.EqualTo(0.25f));
        Assert.That(dense.Weight.Value.AsSpan<float>().ToArray(), Is.All.EqualTo(-2f));
    }

    [Test]
    public void Batch_normalization_refuses_settings_that_make_no_sense()
    {
        Assert.That(() => new BatchNormalization(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new BatchNormalization(1, epsilon: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new BatchNormalization(1, momentum: -0.1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new BatchNormalization(1, momentum: 1.1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new BatchNormalization(1, momentum: 0), Throws.Nothing);
        Assert.That(() => new BatchNormalization(1, momentum: 1), Throws.Nothing);
    }

    [Test]
    public void Batch_normalization_can_train_on_two_values_a_channel_and_not_on_one()
    {
        BatchNormalization layer = new(3);
        Assert.That(layer.Forward(Tensor.Zeros([2, 3]), new Pass(Mode.Training)).Shape, Is.EqualTo(new Shape(2, 3)));
        Assert.That(
            () => layer.Forward(Tensor.Zeros([1, 3]), new Pass(Mode.Training)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("at least 2 values per channel"));
    }

    [Test]
    public void A_dilated_average_skips_what_lies_between()
    {
        Tensor x = Tensor.From([1f, 100f, 3f], [1, 1, 1, 3]);
        Tensor y = new AveragePooling2D((1, 2), dilation: (1, 2)).Forward(x, new Pass(Mode.Inference));
        Assert.That(y.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 2f }));
    }

    [Test]
    public void A_residual_names_its_parts_unless_they_have_names()
    {
        Philox random = new(1);
        Residual unnamed = new(new Dense(2, 2, random), new Dense(2, 2, random));
        Residual named = new(new Dense(2, 2, random) { Name = "a" }, new Dense(2, 2, random) { Name = "b" });
        Assert.That(unnamed.Children.Select(c => c.Name), Is.EqualTo(new[] { "body", "shortcut" }));
        Assert.That(named.Children.Select(c => c.Name), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void A_residual_refuses_paths_that_cannot_be_added_even_where_broadcasting_could()
    {
        // [2, 1] + [2, 3] would broadcast; a residual is a sum of equals.
        Residual block = new(new Dense(3, 1, new Philox(1)));
        Assert.That(() => block.Forward(Tensor.Zeros([2, 3]), new Pass(Mode.Inference)), Throws.TypeOf<ShapeException>());
    }

    [Test]
    public void Pooling_refuses_what_is_no_batch_of_images()
    {
        foreach (Layer pooling in (Layer[])[new MaxPooling2D(2), new AveragePooling2D(2)])
        {
            Assert.That(() => pooling.OutputShape([5]), Throws.TypeOf<ShapeException>().With.Message.Contains("expected images"));
        }
    }
}
