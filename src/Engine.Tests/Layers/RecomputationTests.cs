using Engine.Layers;
using Engine.Networks;
using Engine.Tests.Backends;

namespace Engine.Tests.Layers;

/// <summary>An output that can be worked out again is forgotten between its use forward and its use on the way back.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class RecomputationTests(Device device) : DeviceSuite(device)
{
    private static readonly Activation?[] Activations = [null, Activation.Relu, Activation.Tanh];

    [Test]
    public void A_normalization_gives_the_same_bits_again(
        [ValueSource(nameof(Activations))] Activation? activation, [Values] bool images, [Values] Mode mode, [Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Philox random = new(7);
        BatchNormalization layer = new(19);
        layer.ConvertTo(dtype);
        foreach (Parameter parameter in layer.Parameters)
        {
            parameter.CopyFrom(Numbers.Uniform(random, [19], dtype, 0.5, 2));
        }

        layer.MoveTo(Device);
        Tensor x = Uniform(random, images ? [5, 19, 3, 7] : [5, 19], dtype);
        Pass pass = new(mode, records: true);
        Tensor y = layer.Forward(x, pass, activation);
        Tensor[] saved = new Tensor[pass.SavedCount];
        for (int i = saved.Length - 1; i >= 0; i--)
        {
            saved[i] = pass.Restore();
        }

        Assert.That(layer.Recompute(saved, activation).To(Device.Cpu).Bytes.ToArray(), Is.EqualTo(y.To(Device.Cpu).Bytes.ToArray()));
    }

    [Test]
    public void What_a_normalization_gave_is_not_in_memory_between_forward_and_back([Values] bool activated)
    {
        Keeper keeper = new();
        Network network = new() { new BatchNormalization(2) };
        if (activated)
        {
            network.Add(new ReLU());
        }

        network.Add(keeper);
        network.MoveTo(Device);
        using StepScope step = Device.BeginStep();
        Tensor x = Uniform(new Philox(1), [3, 2, 4, 4], DType.Float32);
        Pass pass = new(Mode.Training);
        Tensor y = network.Forward(x, pass);
        Assert.That(() => keeper.Given!.To(Device.Cpu).Bytes.ToArray(), Throws.InvalidOperationException.With.Message.Contains("Clone()"));
        Assert.That(pass.Saved, Has.None.SameAs(keeper.Given));
        network.Backward(y, pass);
        Assert.That(keeper.Restored, Is.EqualTo(keeper.Seen));
        Assert.That(pass.SavedCount, Is.Zero);
    }

    [Test]
    public void One_normalization_after_another_is_worked_out_from_the_first()
    {
        Keeper keeper = new();
        Network network = new() { new BatchNormalization(2), new Tanh(), new BatchNormalization(2), keeper };
        network.MoveTo(Device);
        using StepScope step = Device.BeginStep();
        Pass pass = new(Mode.Training);
        Tensor y = network.Forward(Uniform(new Philox(1), [3, 2, 4, 4], DType.Float32), pass);

        // x, and mean and variance twice.
        Assert.That(pass.Saved.Count(), Is.EqualTo(5));
        network.Backward(y, pass);
        Assert.That(keeper.Restored, Is.EqualTo(keeper.Seen));
    }

    [Test]
    public void What_was_written_over_is_kept()
    {
        // Dropout leaves its output where the normalization's was, and the keeper saves that.
        Keeper keeper = new();
        Network network = new() { new BatchNormalization(2), new Dropout(0.5), keeper };
        network.MoveTo(Device);
        using StepScope step = Device.BeginStep();
        Pass pass = new(Mode.Training, new Philox(3));
        Tensor y = network.Forward(Uniform(new Philox(1), [3, 2, 4, 4], DType.Float32), pass);
        Assert.That(keeper.Given!.To(Device.Cpu).Bytes.ToArray(), Is.EqualTo(keeper.Seen));
        network.Backward(y, pass);
        Assert.That(keeper.Restored, Is.EqualTo(keeper.Seen));
    }

    [Test]
    public void What_a_layer_has_written_over_and_saved_itself_is_kept()
    {
        Scribbler scribbler = new();
        Network network = new() { new BatchNormalization(2), scribbler };
        network.MoveTo(Device);
        using StepScope step = Device.BeginStep();
        Pass pass = new(Mode.Training);
        Tensor y = network.Forward(Uniform(new Philox(1), [3, 2, 4, 4], DType.Float32), pass);
        Assert.That(scribbler.HasWrittenOver, "the input was its own to use");
        network.Backward(y, pass);
        Assert.That(scribbler.Restored, Is.EqualTo(scribbler.Saved));
    }

    [Test]
    public void What_is_saved_under_another_shape_is_kept()
    {
        Keeper keeper = new();
        Network network = new() { new BatchNormalization(2), new Network { new Flatten(), keeper } };
        network.MoveTo(Device);
        using StepScope step = Device.BeginStep();
        Pass pass = new(Mode.Training);
        Tensor y = network.Forward(Uniform(new Philox(1), [3, 2, 4, 4], DType.Float32), pass);
        Assert.That(keeper.Given!.To(Device.Cpu).Bytes.ToArray(), Is.EqualTo(keeper.Seen));
        network.Backward(y, pass);
        Assert.That(keeper.Restored, Is.EqualTo(keeper.Seen));
    }

    [Test]
    public void Nothing_is_forgotten_that_an_observer_has_seen()
    {
        Keeper keeper = new();
        Network network = new() { new BatchNormalization(2), keeper };
        network.MoveTo(Device);
        using StepScope step = Device.BeginStep();
        network.Forward(Uniform(new Philox(1), [3, 2, 4, 4], DType.Float32), new Pass(Mode.Training) { ForwardObserver = (_, _) => { } });
        Assert.That(keeper.Given!.To(Device.Cpu).Bytes.ToArray(), Is.EqualTo(keeper.Seen));
    }

    /// <summary>Doubles, and saves its input; remembers what that was and what it got back.</summary>
    private sealed class Keeper : ElementwiseLayer
    {
        public Tensor? Given { get; private set; }

        public byte[]? Seen { get; private set; }

        public byte[]? Restored { get; private set; }

        public override Tensor Forward(Tensor x, Pass pass)
        {
            (Given, Seen) = (x, x.To(Device.Cpu).Bytes.ToArray());
            pass.Save(x);
            return x + x;
        }

        public override Tensor Backward(Tensor g, Pass pass)
        {
            Restored = pass.Restore().To(Device.Cpu).Bytes.ToArray();
            return g + g;
        }
    }

    /// <summary>Writes over its input what it will need on the way back, and gives something else.</summary>
    private sealed class Scribbler : ElementwiseLayer
    {
        public bool HasWrittenOver { get; private set; }

        public byte[]? Saved { get; private set; }

        public byte[]? Restored { get; private set; }

        public override Tensor Forward(Tensor x, Pass pass)
        {
            Tensor twice = x + x, kept = pass.Reuse(x);
            twice.CopyTo(kept);
            pass.Save(kept);
            (HasWrittenOver, Saved) = (ReferenceEquals(kept, x), kept.To(Device.Cpu).Bytes.ToArray());
            return twice;
        }

        public override Tensor Backward(Tensor g, Pass pass)
        {
            Restored = pass.Restore().To(Device.Cpu).Bytes.ToArray();
            return g + g;
        }
    }
}
