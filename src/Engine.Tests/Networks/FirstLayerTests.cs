using Engine.Layers;
using Engine.Networks;
using Engine.Tests.Backends;

namespace Engine.Tests.Networks;

/// <summary>In training nobody asks for the gradient of the data: the first layer leaves it out, and no other gradient changes.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class FirstLayerTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void A_convolution_first() => Agrees(
        new Network { new Conv2D(2, 3, 3, new Philox(1)), new ReLU(), new Flatten(), new Dense(18, 4, new Philox(2)) }, [3, 2, 5, 4]);

    [Test]
    public void A_dense_layer_first() => Agrees(new Network { new Dense(7, 5, new Philox(1)), new Tanh(), new Dense(5, 2, new Philox(2)) }, [4, 7]);

    [Test]
    public void A_network_first_hands_it_on() => Agrees(
        new Network { new Network { new Dense(7, 5, new Philox(1)), new Dense(5, 5, new Philox(2)) }, new Dense(5, 2, new Philox(3)) }, [4, 7]);

    [Test]
    public void A_layer_that_is_first_and_comes_again_is_asked_the_second_time()
    {
        Dense shared = new(6, 6, new Philox(1));
        Agrees(new Network { shared, new Tanh(), shared, new Tanh() }, [4, 6]);
    }

    [Test]
    public void A_residual_block_first() => Agrees(
        new Network { new Residual(new Network { new Dense(6, 6, new Philox(1)), new Tanh(), new Dense(6, 6, new Philox(2)) }), new Dense(6, 2, new Philox(3)) }, [4, 6]);

    [Test]
    public void Layers_inside_a_layer_that_knows_nothing_of_this_are_all_asked() =>
        Agrees(new Network { new Pair(new Dense(6, 5, new Philox(1)), new Dense(5, 3, new Philox(2))), new Tanh() }, [4, 6]);

    private void Agrees(Network network, Shape input)
    {
        network.MoveTo(Device);
        Tensor x = Uniform(new Philox(3), input, DType.Float32);
        byte[][] asked = Gradients(network, x, wanted: true), notAsked = Gradients(network, x, wanted: false);
        Assert.That(notAsked, Is.EqualTo(asked));
    }

    private static byte[][] Gradients(Network network, Tensor x, bool wanted)
    {
        Pass pass = new(Mode.Training);
        network.ZeroGradients();
        pass.Backward(network, network.Forward(x, pass), wanted);
        Assert.That(pass.SavedCount, Is.Zero);
        return [.. network.NamedParameters().Select(p => p.Parameter.Gradient.To(Device.Cpu).Bytes.ToArray())];
    }

    /// <summary>Two layers in a row, run without the pass being told.</summary>
    private sealed class Pair(Layer first, Layer second) : Layer
    {
        public override IReadOnlyList<Layer> Children { get; } = [first, second];

        public override Shape OutputShape(Shape input) => second.OutputShape(first.OutputShape(input));

        public override Tensor Forward(Tensor x, Pass pass) => second.Forward(first.Forward(x, pass), pass);

        public override Tensor Backward(Tensor g, Pass pass) => first.Backward(second.Backward(g, pass), pass);
    }
}
