using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;

namespace Engine.Tests.Layers;

/// <summary>What a layer says of shapes: how many multiply–adds one costs, and that it cannot take another.</summary>
public sealed class ShapeTests
{
    private readonly Philox random = new(1);

    [Test]
    public void A_dense_layer_refuses_the_wrong_width_and_images()
    {
        Dense dense = new(3, 2, random) { Name = "fc" };
        Assert.That(() => dense.OutputShape([5, 4]), Refuses("Dense 'fc': input is [5, 4], expected N×3."));
        Assert.That(() => dense.OutputShape([5, 3, 1, 1]), Refuses("Dense 'fc': input is [5, 3, 1, 1], expected N×3. Put a Flatten before it."));
    }

    [Test]
    public void A_neuron_refuses_the_wrong_width()
    {
        Neuron neuron = new(2, random) { Name = "n" };
        Assert.That(() => neuron.Forward(Tensor.Zeros([5, 3]), new Pass(Mode.Inference)), Refuses("Neuron 'n': input is [5, 3], expected N×2."));
        Assert.That(() => neuron.Forward(Tensor.Zeros([5, 2, 1]), new Pass(Mode.Inference)), Refuses("Neuron 'n': input is [5, 2, 1], expected N×2."));
    }

    [Test]
    public void A_neuron_draws_its_weights_as_told_and_names_its_parameters()
    {
        Neuron neuron = new(2, random, new Constant(7));
        Assert.That(neuron.Weight.Value.AsSpan<float>().ToArray(), Is.All.EqualTo(7));
        Assert.That(neuron.NamedParameters().Select(p => p.Path), Is.EqualTo(new[] { "weight", "bias" }));
    }

    [Test]
    public void Batch_normalization_refuses_the_wrong_channels_and_a_momentum_above_1()
    {
        BatchNormalization layer = new(3) { Name = "bn" };
        Assert.That(() => layer.OutputShape([5, 4]), Refuses("BatchNormalization 'bn': input is [5, 4], expected N×3 or N×3×H×W."));
        Assert.That(() => new BatchNormalization(3, momentum: 1.5), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("[0, 1]"));
    }

    [Test]
    public void A_residual_block_refuses_paths_that_cannot_be_added()
    {
        Residual block = new(new Dense(3, 2, random)) { Name = "block" };
        Assert.That(() => block.OutputShape([5, 3]),
            Refuses("Residual 'block': the body gives [5, 2] and the shortcut [5, 3]; to be added they must agree."));
    }

    [Test]
    public void Multiply_adds_are_counted_by_hand_for_each_layer_that_has_some()
    {
        Assert.That(new Dense(3, 2, random).MultiplyAdds([5, 3]), Is.EqualTo(5 * 3 * 2));
        Assert.That(new Neuron(3, random).MultiplyAdds([5, 3]), Is.EqualTo(5 * 3));
        Assert.That(new Conv2D(4, 6, 3, random, groups: 2).MultiplyAdds([5, 4, 8, 9]), Is.EqualTo(5 * 6 * 6 * 7 * 2 * 9));
        Residual block = new(new Conv2D(4, 6, 3, random, padding: Padding.Same), new Conv2D(4, 6, 1, random));
        Assert.That(block.MultiplyAdds([2, 4, 5, 5]), Is.EqualTo((2 * 6 * 25 * 4 * 9) + (2 * 6 * 25 * 4)));
        Assert.That(new Residual(new Dense(3, 3, random)).MultiplyAdds([5, 3]), Is.EqualTo(45));
        Assert.That(new ReLU().MultiplyAdds([5, 3]), Is.Zero);
    }

    private static NUnit.Framework.Constraints.EqualStringConstraint Refuses(string message) =>
        Throws.TypeOf<ShapeException>().With.Message.EqualTo(message);
}
