using Engine.Checking;
using Engine.Checking.Checks;
using Engine.Layers;
using Engine.Networks;
using Engine.Tests.Training;

namespace Engine.Tests.Networks;

/// <summary>The work that is spared below the first layer that learns is really left out, and no other layer is spared any.</summary>
public sealed class FirstLayerWorkTests
{
    [Test]
    public void A_dense_layer_writes_no_gradient_of_the_data() => LeavesItOut(new Dense(7, 5, new Philox(1)), [4, 7]);

    [Test]
    public void A_convolution_writes_no_gradient_of_the_data() => LeavesItOut(new Conv2D(2, 3, 3, new Philox(1)), [3, 2, 5, 4]);

    [Test]
    public void Training_spares_the_first_layer_and_no_other()
    {
        List<(string Layer, bool Asked)> seen = [];
        Network network = new() { new Probe(seen) { Name = "first" }, new Flatten(), new Dense(60, 3, new Philox(1)), new Probe(seen) { Name = "last" } };
        SmallTask.Trainer(network, 1).Train(SmallTask.Images());
        Assert.That(seen.Distinct(), Is.EquivalentTo(((string, bool)[])[("last", true), ("first", false)]));
    }

    [Test]
    public void Training_spares_every_layer_up_to_the_first_that_learns()
    {
        List<(string Layer, bool Asked)> seen = [];
        Network network = new()
        {
            new Probe(seen) { Name = "before" },
            new Network { new Flatten(), new Probe(seen, new Parameter("frozen", Tensor.Zeros([1])) { Trainable = false }) { Name = "frozen" } },
            new Network { new Probe(seen, new Parameter("learned", Tensor.Zeros([1]))) { Name = "first" }, new Probe(seen) { Name = "second" } },
            new Dense(60, 3, new Philox(1)),
        };
        SmallTask.Trainer(network, 1).Train(SmallTask.Images());
        Assert.That(seen.Distinct(), Is.EquivalentTo(((string, bool)[])[("second", true), ("first", false), ("frozen", false), ("before", false)]));
    }

    [Test]
    public void What_is_spared_changes_no_gradient()
    {
        Network network = new()
        {
            new Conv2D(2, 3, 3, new Philox(1)), new ReLU(), new AveragePooling2D(2), new Flatten(), new Dense(6, 4, new Philox(2)), new Tanh(), new Dense(4, 3, new Philox(3)),
        };
        network.Children[0].Parameters[0].Trainable = network.Children[0].Parameters[1].Trainable = false;
        Philox random = new(4);
        Tensor x = RandomTensors.Normal([3, 2, 6, 5], random), g = RandomTensors.Normal([3, 3], random);
        Assert.That(Gradients(wantsInputGradient: false), Is.EqualTo(Gradients(wantsInputGradient: true)));

        double[][] Gradients(bool wantsInputGradient)
        {
            network.ConvertTo(DType.Float64);
            network.ZeroGradients();
            Pass pass = new(Mode.Training);
            network.Forward(x, pass);
            pass.Backward(network, g, wantsInputGradient);
            return [.. from named in network.NamedParameters() where named.Parameter.Learns select named.Parameter.Gradient.AsSpan<double>().ToArray()];
        }
    }

    // The arena's memory is NaN before: what is not written stays so.
    private static void LeavesItOut(Layer layer, Shape input)
    {
        layer.ConvertTo(DType.Float64);
        Tensor x = Tensor.Zeros(input, DType.Float64);
        foreach (bool wanted in (bool[])[true, false])
        {
            StepMemory.FillWithNaN();
            using StepScope step = Device.Cpu.BeginStep();
            Pass pass = new(Mode.Training);
            Tensor dx = pass.Backward(layer, layer.Forward(x, pass), wanted);
            Assert.That(dx.AsSpan<double>().ToArray(), wanted ? Has.None.NaN : Has.All.NaN);
        }
    }

    /// <summary>The identity, which notes whether it is asked for the gradient of its input. With a parameter it seems to learn.</summary>
    private sealed class Probe(List<(string Layer, bool Asked)> seen, params Parameter[] parameters) : ElementwiseLayer
    {
        public override IReadOnlyList<Parameter> Parameters => parameters;

        public override Tensor Forward(Tensor x, Pass pass) => x;

        public override Tensor Backward(Tensor g, Pass pass)
        {
            seen.Add((Name, pass.WantsInputGradient(this)));
            return g;
        }
    }
}
