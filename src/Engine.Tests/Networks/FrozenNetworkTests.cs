using Engine.Layers;
using Engine.Models;
using Engine.Networks;
using Engine.Networks.Frozen;
using Engine.Tests.Backends;
using Parallel = Engine.Networks.Parallel;

namespace Engine.Tests.Networks;

/// <summary>A frozen network gives the network's answers with less work, and can do nothing else.</summary>
public sealed class FrozenNetworkTests
{
    private static readonly Shape Picture = [3, 16, 12];

    // Folding reorders products of at most some thousand terms in at most 54 layers: 54·√5000·2⁻⁵² is 8.5e-13 of the numbers' size.
    private const double Rounding = 1e-12;

    [TestCase("lenet5", 1, 28)]
    [TestCase("mnist-mlp", 1, 28)]
    [TestCase("shallow-vgg", 3, 32)]
    [TestCase("resnet18", 3, 24)]
    [TestCase("resnet18", 3, 64)]
    [TestCase("resnet50", 3, 24)]
    [TestCase("googlenet", 3, 32)]
    public void A_models_answers_are_the_same_within_rounding(string name, int channels, int size)
    {
        Network network = ModelCatalog.Find(name)!.Create([channels, size, size], 10, new Philox(1));
        network.ConvertTo(DType.Float64);
        RandomNetworks.Live(network, new Philox(2));
        Agrees(network, [2, channels, size, size], "");
        Agrees(network, [1, channels, size, size], "");
    }

    [Test]
    public void Random_chains_answer_the_same_within_rounding()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            Philox random = new(seed);
            Network network = RandomNetworks.Chain(random, Picture, 1 + random.NextInt(8), depth: 2);
            network.ConvertTo(DType.Float64);
            RandomNetworks.Live(network, random);
            Agrees(network, Picture.Prepend(1 + random.NextInt(3)), $"seed {seed}");
        }
    }

    // In Float32 folding may round differently, but not worse: both are compared with Float64.
    [Test]
    public void In_float32_freezing_loses_nothing()
    {
        Network network = new ResNet18().Create([3, 32, 32], 10, new Philox(3));
        network.ConvertTo(DType.Float64);
        RandomNetworks.Live(network, new Philox(4));
        Tensor x = Uniform(new Philox(5), [4, 3, 32, 32]), exact = network.Predict(x);
        network.ConvertTo(DType.Float32);
        Tensor x32 = x.To(DType.Float32);
        double plain = Distance(network.Predict(x32).To(DType.Float64), exact), frozen = Distance(network.Freeze(x.Shape).Predict(x32).To(DType.Float64), exact);
        Assert.That(frozen, Is.LessThan(4 * plain));
    }

    [Test]
    public void Normalization_dropout_and_activations_are_gone()
    {
        Philox random = new(1);
        FrozenNetwork frozen = new Network
        {
            new Conv2D(3, 4, 3, random), new BatchNormalization(4), new ReLU(), new Dropout(0.5),
            new Flatten(),
            new Dropout(0.5), new Dense(560, 5, random), new Dropout(0.2), new BatchNormalization(5), new Tanh(),
        }.Freeze(Picture.Prepend(1));
        Assert.That(frozen.Children.Select(c => c.ToString()), Is.EqualTo(["FrozenConv2D 'conv2d1'", "Flatten 'flatten1'", "FrozenDense 'dense1'"]));
    }

    [Test]
    public void Weights_that_stay_as_they_are_are_not_copied()
    {
        Dense dense = new(6, 4, new Philox(1));
        FrozenNetwork frozen = new Network { dense, new ReLU() }.Freeze([1, 6]);
        Assert.That(frozen.NamedParameters().Select(p => p.Path), Is.EqualTo(["dense1.weight", "dense1.bias"]));
        Assert.That(frozen.NamedParameters()[0].Parameter.Value, Is.SameAs(dense.Weight.Value));
    }

    [Test]
    public void The_network_itself_stays_as_it_was()
    {
        Network network = new() { new Conv2D(3, 4, 3, new Philox(1)), new BatchNormalization(4), new ReLU() };
        RandomNetworks.Live(network, new Philox(2));
        byte[][] before = [.. network.NamedParameters().Select(p => p.Parameter.Value.Bytes.ToArray())];
        network.Freeze(Picture.Prepend(2)).Predict(new Tensor(Picture.Prepend(2)));
        Assert.That(network.NamedParameters().Select(p => p.Parameter.Value.Bytes.ToArray()), Is.EqualTo(before));
    }

    [Test]
    public void Answers_take_no_memory_but_their_own_and_outlive_steps()
    {
        Network network = new ResNet18().Create([3, 32, 32], 10, new Philox(1));
        FrozenNetwork frozen = network.Freeze([1, 3, 32, 32]);
        Tensor x = Uniform(new Philox(2), [1, 3, 32, 32]).To(DType.Float32), first = frozen.Predict(x);
        byte[] answer = first.Bytes.ToArray();
        long before = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
        Tensor second = frozen.Predict(x);
        Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes - before, Is.EqualTo(second.Bytes.Length));
        Assert.That(first.Bytes.ToArray(), Is.EqualTo(answer));
        Assert.That(second.Bytes.ToArray(), Is.EqualTo(answer));
    }

    [Test]
    public void A_step_that_is_open_owns_the_answer()
    {
        FrozenNetwork frozen = new Network { new Dense(6, 4, new Philox(1)) }.Freeze([1, 6]);
        Tensor x = new([1, 6]), answer;
        using (Device.Cpu.BeginStep())
        {
            answer = frozen.Predict(x);
            Assert.That(answer.AsSpan<float>().Length, Is.EqualTo(4));
        }

        Assert.That(() => answer.AsSpan<float>(), Throws.InvalidOperationException);
    }

    [Test]
    public void A_network_that_hands_on_its_input_answers_with_a_copy()
    {
        Tensor x = Tensor.From([1f, 2, 3], [1, 3]);
        foreach (Network network in (Network[])[new() { new Dropout(0.5) }, new() { new Network { new Dropout(0.2) } }, new() { new Flatten() }])
        {
            Tensor y = network.Freeze([1, 3]).Predict(x);
            Assert.That(y.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 1f, 2, 3 }));
            Assert.That(y.SharesMemoryWith(x), Is.False);
        }
    }

    [Test]
    public void A_residual_block_whose_body_does_nothing_leaves_its_input_alone()
    {
        Tensor x = Tensor.From([1f, -2, 3], [1, 3]);
        Network network = new() { new Residual(new Network { new Dropout(0.5) }), new ReLU() };
        Assert.That(network.Freeze([1, 3]).Predict(x).AsSpan<float>().ToArray(), Is.EqualTo(new[] { 2f, 0, 6 }));
        Assert.That(x.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 1f, -2, 3 }));
    }

    // Bodies of one layer and of two that end in a convolution of strips, in one of 3×3, in an activation; blocks with and
    // without a shortcut, in the midst of a network, where they may write over their input.
    [Test]
    public void An_observed_residual_block_adds_on_its_own_and_answers_the_same(
        [Values] bool shortcut, [Values(1, 2)] int layers, [Values(1, 3)] int kernel, [Values] bool activated)
    {
        Philox random = new(1);
        Network body = [];
        if (layers == 2)
        {
            body.Add(new Conv2D(3, 3, 1, random));
            body.Add(new ReLU());
        }

        body.Add(new Conv2D(3, 3, kernel, random, padding: kernel / 2));
        body.Add(new BatchNormalization(3));
        if (activated)
        {
            body.Add(new Tanh());
        }

        Network network = new()
        {
            new Conv2D(3, 3, 1, random) { Name = "first" }, new Residual(body, shortcut ? new Conv2D(3, 3, 1, random) : null), new ReLU(), new Conv2D(3, 3, 1, random),
        };
        RandomNetworks.Live(network, new Philox(2));
        FrozenNetwork frozen = network.Freeze(Picture.Prepend(1));
        Tensor x = Uniform(new Philox(3), Picture.Prepend(1)).To(DType.Float32), sum = new(x.Shape);
        byte[] given = x.Bytes.ToArray();
        Dictionary<string, Tensor> seen = [];
        Tensor y = frozen.Forward(x, new Pass(Mode.Inference) { ForwardObserver = (layer, output) => seen[layer.Name] = output });
        Backend.Of(x).Binary(BinaryOperation.Add, seen["body"], seen[shortcut ? "shortcut" : "first"], sum, Activation.Relu);
        Assert.That(seen["residual1"].Bytes.ToArray(), Is.EqualTo(sum.Bytes.ToArray()));
        Assert.That(frozen.Predict(x).Bytes.ToArray(), Is.EqualTo(y.Bytes.ToArray()));
        Assert.That(x.Bytes.ToArray(), Is.EqualTo(given));
    }

    [Test]
    public void What_it_cannot_do_it_refuses_and_says_what_to_do()
    {
        Philox random = new(1);
        Network network = new()
        {
            new Residual(new Conv2D(3, 3, 3, random, padding: 1)),
            new Parallel(new Conv2D(3, 2, 1, random), new Conv2D(3, 2, 1, random)),
            new Flatten(),
            new Dense(4 * 192, 2, random),
        };
        Shape batch = Picture.Prepend(1);
        FrozenNetwork frozen = network.Freeze(batch);
        Tensor x = Tensor.Zeros(batch);
        Assert.Multiple(() =>
        {
            foreach (FrozenLayer layer in frozen.Children.OfType<FrozenLayer>().Append(frozen))
            {
                Assert.That(() => layer.Backward(x, new Pass(Mode.Inference)), Throws.InvalidOperationException.With.Message.Contains("Train the network"));
                Assert.That(() => layer.Forward(x, new Pass(Mode.Training)), Throws.InvalidOperationException.With.Message.Contains("Train the network"));
            }

            Assert.That(() => frozen.ConvertTo(DType.Float64), Throws.InvalidOperationException.With.Message.Contains("frozen"));
            Assert.That(() => frozen.NamedParameters()[0].Parameter.CopyFrom(network.NamedParameters()[0].Parameter.Value), Throws.InvalidOperationException);
            Assert.That(() => frozen.Predict(Tensor.Zeros([1, 2, 16, 12])), Throws.TypeOf<ShapeException>().With.Message.Contains("FrozenConv2D"));
            Assert.That(() => frozen.Predict(Tensor.Zeros([1, 3, 15, 12])), Throws.TypeOf<ShapeException>().With.Message.Contains("FrozenDense"));
            Assert.That(() => network.Freeze([1, 3, 15, 12]), Throws.TypeOf<ShapeException>());
            Assert.That(() => new Network { new Conv2D(3, 2, 3, random) }.Freeze(batch).Predict(Tensor.Zeros([1, 3, 2, 12])), Throws.TypeOf<ShapeException>().With.Message.Contains("does not fit"));
        });
    }

    [Test]
    public void An_observer_sees_each_layer_and_the_answer_stays_the_same()
    {
        Network network = new GoogLeNet().Create([3, 32, 32], 10, new Philox(1));
        FrozenNetwork frozen = network.Freeze([1, 3, 32, 32]);
        Tensor x = Uniform(new Philox(2), [1, 3, 32, 32]).To(DType.Float32);
        List<string> seen = [];
        Tensor y = frozen.Forward(x, new Pass(Mode.Inference) { ForwardObserver = (layer, _) => seen.Add(layer.Name) });
        Assert.That(seen, Does.Contain("inception3a").And.Contain("conv").And.Contain("fc"));
        Assert.That(y.Bytes.ToArray(), Is.EqualTo(frozen.Predict(x).Bytes.ToArray()));
    }

    private static void Agrees(Network network, Shape batch, string which)
    {
        Tensor x = Uniform(new Philox(7), batch), expected = network.Predict(x), found = network.Freeze(batch).Predict(x);
        Assert.That(found.Shape, Is.EqualTo(expected.Shape), which);
        Assert.That(Distance(found, expected), Is.LessThan(Rounding), $"{which} {network.Children.Count} layers, batch {batch}");
    }

    // The largest difference, in the size of the largest number.
    private static double Distance(Tensor found, Tensor expected)
    {
        double largest = 1e-30, apart = 0;
        for (int i = 0; i < expected.ElementCount; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected.GetFlat(i)));
            apart = Math.Max(apart, Math.Abs(found.GetFlat(i) - expected.GetFlat(i)));
        }

        return apart / largest;
    }

    private static Tensor Uniform(Philox random, Shape shape) => Numbers.Uniform(random, shape, DType.Float64, -1, 1);
}
