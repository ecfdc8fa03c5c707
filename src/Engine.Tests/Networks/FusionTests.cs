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
    public void The_activation_itself_is_then_not_run_forward()
    {
        Network fused = new() { new Dense(19, 33, new Philox(1)), new Unwilling() }, apart = new() { new Dense(19, 33, new Philox(1)), new ReLU() };
        fused.MoveTo(Device);
        apart.MoveTo(Device);
        Tensor x = Uniform(new Philox(3), [5, 19], DType.Float32);
        Assert.That(Run(fused, x, observed: false).Numbers, Is.EqualTo(Run(apart, x, observed: true).Numbers));
        Assert.That(() => Run(fused, x, observed: true), Throws.InvalidOperationException, "a layer that is looked at is run");
    }

    // A pass that is observed goes layer by layer; one that is not may fuse.
    private void Agrees(Network network, Shape input)
    {
        network.MoveTo(Device);
        Tensor x = Uniform(new Philox(3), input, DType.Float32);
        (byte[][] fused, _) = Run(network, x, observed: false);
        (byte[][] apart, int layers) = Run(network, x, observed: true);
        Assert.That(layers, Is.EqualTo(network.Children.Count));
        Assert.That(fused, Is.EqualTo(apart));
    }

    private static (byte[][] Numbers, int Layers) Run(Network network, Tensor x, bool observed)
    {
        int layers = 0;
        Pass pass = new(Mode.Training) { ForwardObserver = observed ? (_, _) => layers++ : null };
        network.ZeroGradients();
        Tensor y = network.Forward(x, pass), dx = network.Backward(y, pass);
        Assert.That(pass.SavedCount, Is.Zero);
        Tensor[] all = [y, dx, .. network.NamedParameters().Select(p => p.Parameter.Gradient)];
        return ([.. all.Select(t => t.To(Device.Cpu).Bytes.ToArray())], layers);
    }

    /// <summary>A rectifier that refuses to go forward, and goes back as any other.</summary>
    private sealed class Unwilling : ElementwiseLayer, IActivationLayer
    {
        private readonly ReLU rectifier = new();

        public Activation Activation => Activation.Relu;

        public override Tensor Forward(Tensor x, Pass pass) => throw new InvalidOperationException();

        public override Tensor Backward(Tensor g, Pass pass) => rectifier.Backward(g, pass);
    }
}
