using Engine.Layers;
using Engine.Networks;
using Engine.Tests.Backends;

namespace Engine.Tests.Networks;

/// <summary>An activation that is done by the layer before it gives the same numbers, forward and back.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class FusionTests(Device device) : DeviceSuite(device)
{
    private static readonly Layer[] Activations = [new ReLU(), new Logistic(), new Tanh()];

    [TestCaseSource(nameof(Activations))]
    public void After_a_dense_layer(Layer activation) =>
        Agrees(new Network { new Dense(19, 33, new Philox(1)), activation, new Dense(33, 3, new Philox(2)) }, [5, 19]);

    [TestCaseSource(nameof(Activations))]
    public void After_a_convolution(Layer activation) =>
        Agrees(new Network { new Conv2D(2, 5, 3, new Philox(1)), activation, new Flatten() }, [3, 2, 9, 8]);

    [Test]
    public void After_a_batch_normalization([ValueSource(nameof(Activations))] Layer activation, [Values] bool images) =>
        Agrees(new Network { new BatchNormalization(19), activation, new Flatten() }, images ? [5, 19, 3, 7] : [5, 19]);

    [TestCaseSource(nameof(Activations))]
    public void After_a_batch_normalization_with_running_statistics(Layer activation) =>
        Agrees(new Network { new BatchNormalization(3), activation }, [5, 3, 4, 4], Mode.Inference);

    [Test]
    public void Before_a_batch_normalization_on_the_way_back([ValueSource(nameof(Activations))] Layer activation, [Values] bool first)
    {
        Network network = first ? [] : [new Conv2D(2, 5, 3, new Philox(1))];
        network.Add(activation);
        network.Add(new BatchNormalization(first ? 2 : 5));
        network.Add(new MaxPooling2D(2));
        Agrees(network, [3, 2, 9, 8]);
        Agrees(network, [3, 2, 9, 8], Mode.Inference);
    }

    [Test]
    public void Before_an_average_pooling_on_the_way_back(
        [ValueSource(nameof(Activations))] Layer activation, [Values(1, 2, 3)] int stride, [Values] bool first)
    {
        Network network = first ? [] : [new Conv2D(2, 5, 3, new Philox(1))];
        network.Add(activation);
        network.Add(new AveragePooling2D(2, stride));
        Agrees(network, [3, 2, 9, 20]);
    }

    [Test]
    public void Before_and_after_a_batch_normalization() =>
        Agrees(new Network { new Dense(7, 5, new Philox(1)), new ReLU(), new BatchNormalization(5), new Tanh() }, [6, 7]);

    [Test]
    public void After_a_residual_block([ValueSource(nameof(Activations))] Layer activation, [Values] bool projection)
    {
        Network body = new() { new Conv2D(3, 3, 3, new Philox(1), padding: 1), new BatchNormalization(3), new ReLU() };
        Residual block = new(body, projection ? new Conv2D(3, 3, 1, new Philox(2)) : null);
        Agrees(new Network { block, activation }, [2, 3, 5, 6]);
    }

    [Test]
    public void The_activation_before_a_pooling_is_not_run_backward()
    {
        Network network = new() { new Unwilling(), new AveragePooling2D(2) };
        network.MoveTo(Device);
        Tensor x = Uniform(new Philox(3), [2, 1, 4, 4], DType.Float32), y = Uniform(new Philox(4), [2, 1, 2, 2], DType.Float32);
        Pass pass = new(Mode.Training), watched = new(Mode.Training) { BackwardEndObserver = _ => { } };
        foreach (Pass one in (Pass[])[pass, watched])
        {
            one.Save(x);
            one.Save(x);
        }

        Assert.That(() => network.Backward(y, pass), Throws.Nothing);
        Assert.That(() => network.Backward(y, watched), Throws.InvalidOperationException, "a layer that is looked at is run");
    }

    [Test]
    public void The_activation_itself_is_then_not_run()
    {
        Network fused = new() { new Dense(19, 33, new Philox(1)), new Unwilling() }, apart = new() { new Dense(19, 33, new Philox(1)), new ReLU() };
        fused.MoveTo(Device);
        apart.MoveTo(Device);
        Tensor x = Uniform(new Philox(3), [5, 19], DType.Float32);
        Assert.That(Run(fused, x, observed: false).Numbers, Is.EqualTo(Run(apart, x, observed: true).Numbers));
        Assert.That(() => Run(fused, x, observed: true), Throws.InvalidOperationException, "a layer that is looked at is run");
        Pass watched = new(Mode.Training) { BackwardEndObserver = _ => { } };
        watched.Save(x);
        Assert.That(() => fused.Backward(x, watched), Throws.InvalidOperationException, "on its way back, too");
    }

    // A pass that is observed goes layer by layer; one that is not may fuse.
    private void Agrees(Network network, Shape input, Mode mode = Mode.Training)
    {
        network.MoveTo(Device);
        Tensor x = Uniform(new Philox(3), input, DType.Float32);
        (byte[][] fused, _) = Run(network, x, observed: false, mode);
        (byte[][] apart, int layers) = Run(network, x, observed: true, mode);
        Assert.That(layers, Is.EqualTo(network.Children.Count));
        Assert.That(fused, Is.EqualTo(apart));
    }

    private static (byte[][] Numbers, int Layers) Run(Network network, Tensor x, bool observed, Mode mode = Mode.Training)
    {
        int layers = 0;
        Pass pass = new(mode, records: true) { ForwardObserver = observed ? (layer, _) => layers += network.Children.Contains(layer) ? 1 : 0 : null };
        network.ZeroGradients();
        Tensor y = network.Forward(x, pass), dx = network.Backward(y, pass);
        Assert.That(pass.SavedCount, Is.Zero);
        Tensor[] all = [y, dx, .. network.NamedParameters().Where(p => p.Parameter.Learns).Select(p => p.Parameter.Gradient)];
        return ([.. all.Select(t => t.To(Device.Cpu).Bytes.ToArray())], layers);
    }

    /// <summary>A rectifier that leaves its work to the layer before it.</summary>
    private sealed class Unwilling : ElementwiseLayer, IActivationLayer
    {
        public Activation Activation => Activation.Relu;

        public override Tensor Forward(Tensor x, Pass pass) => throw new InvalidOperationException();

        public override Tensor Backward(Tensor g, Pass pass) => throw new InvalidOperationException();
    }
}
