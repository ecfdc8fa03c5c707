using System.Runtime.CompilerServices;
using Engine.Checking.Checks;
using Engine.Layers;
using Engine.Networks;
using Engine.Tests.Backends;
using Engine.Tests.Networks;

namespace Engine.Tests.Layers;

/// <summary>Within a step memory goes back as soon as nobody can need it, and never before.</summary>
public sealed class GivingBackTests
{
    // Outside a step nothing goes back and nothing is written over. Inside, all memory is NaN before.
    [Test]
    public void A_step_gives_the_same_bits_as_no_step()
    {
        Shape picture = [3, 6, 5];
        for (ulong seed = 0; seed < 80; seed++)
        {
            Philox random = new(seed);
            Network network = RandomNetworks.Chain(random, picture, 1 + random.NextInt(7), depth: 2);
            network.ConvertTo(DType.Float64);
            RandomNetworks.Live(network, random);
            Shape batch = picture.Prepend(2 + random.NextInt(2));
            Tensor x = Uniform(random, batch), g = Uniform(random, network.OutputShape(batch));
            bool wanted = random.NextInt(2) == 0;
            double[][] outside = Run(network, x, g, seed, wanted);
            StepMemory.FillWithNaN();
            using StepScope step = Device.Cpu.BeginStep();
            Assert.That(Run(network, x, g, seed, wanted), Is.EqualTo(outside), $"seed {seed}");
        }
    }

    [Test]
    public void An_answer_in_a_step_is_the_same_and_its_input_untouched()
    {
        Shape picture = [3, 6, 5];
        for (ulong seed = 0; seed < 80; seed++)
        {
            Philox random = new(seed);
            Network network = RandomNetworks.Chain(random, picture, 1 + random.NextInt(7), depth: 2);
            network.ConvertTo(DType.Float64);
            Tensor given = Uniform(random, picture.Prepend(2));
            double[] outside = network.Predict(given).AsSpan<double>().ToArray();
            StepMemory.FillWithNaN();
            using StepScope step = Device.Cpu.BeginStep();
            Tensor x = given.Clone();
            Assert.That(network.Predict(x).AsSpan<double>().ToArray(), Is.EqualTo(outside), $"seed {seed}");
            Assert.That(x.AsSpan<double>().ToArray(), Is.EqualTo(given.AsSpan<double>().ToArray()), $"seed {seed}: the input is the caller's");
        }
    }

    [Test]
    public void What_a_layer_makes_for_itself_is_gone_when_it_is_done()
    {
        using StepScope step = Device.Cpu.BeginStep();
        Tensor x = Tensor.From(1f, 2);
        Keeper layer = new();
        Pass pass = new(Mode.Training);
        Tensor y = pass.Forward(layer, x);
        Assert.That(layer.Own.AsSpan<float>().Length, Is.EqualTo(2), "it is saved");
        Assert.That(() => layer.Scratch.AsSpan<float>(), Throws.InvalidOperationException.With.Message.Contains("[2]").And.Message.Contains("Clone()"));
        Assert.That(layer.Scratch.ToString(), Is.EqualTo("Float32 [2]"), "a debugger may still show it");
        pass.Backward(layer, y);
        Assert.That(() => layer.Own.AsSpan<float>(), Throws.InvalidOperationException, "once the way back has used it");
        Assert.That(y.AsSpan<float>().Length + x.AsSpan<float>().Length, Is.EqualTo(4), "these are the caller's");
    }

    [Test]
    public void What_two_layers_saved_goes_with_the_second()
    {
        using StepScope step = Device.Cpu.BeginStep();
        Pass pass = new(Mode.Training);
        Keeper first = new(), second = new();
        Network network = new() { first, new Residual(second) };
        Tensor y = network.Forward(Tensor.From(1f, 2), pass), between = first.Given!;
        second.AtBackward = () => Assert.That(first.Own.AsSpan<float>().Length, Is.EqualTo(2), "the first has not gone back");
        pass.Backward(network, y);
        Assert.That(() => first.Own.AsSpan<float>(), Throws.InvalidOperationException);
        Assert.That(between.AsSpan<float>().Length, Is.EqualTo(2));
    }

    [Test]
    public void An_activation_is_written_over_what_nobody_else_needs()
    {
        using StepScope step = Device.Cpu.BeginStep();
        Tensor x = Tensor.From([1.5f, -1, 0.5f, 3], [2, 2]);
        BatchNormalization normalization = new(2);
        List<nuint> seen = [];
        Network network = new() { normalization, new Spy(seen), new ReLU(), new Spy(seen) };
        network.Forward(x, new Pass(Mode.Training));
        Assert.That(seen[1], Is.EqualTo(seen[0]));
        Assert.That(new Network { new ReLU() }.Forward(x, new Pass(Mode.Training)).SharesMemoryWith(x), Is.False, "x is the caller's");
        Assert.That(new ReLU().Forward(x, new Pass(Mode.Training)).SharesMemoryWith(x), Is.False);

        // The shortcut still needs what the body begins with.
        seen.Clear();
        new Network { new BatchNormalization(2), new Spy(seen), new Residual(new Network { new ReLU(), new Spy(seen) }) }.Forward(x, new Pass(Mode.Training));
        Assert.That(seen[1], Is.Not.EqualTo(seen[0]));
    }

    [Test]
    public void Observers_may_keep_what_they_see()
    {
        using StepScope step = Device.Cpu.BeginStep();
        Shape picture = [3, 6, 5];
        Network network = RandomNetworks.Chain(new Philox(11), picture, 8, depth: 2);
        List<(Tensor Seen, float[] Then)> kept = [];
        void Keep(Layer layer, Tensor tensor) => kept.Add((tensor, tensor.AsSpan<float>().ToArray()));
        Pass pass = new(Mode.Training, new Philox(1)) { ForwardObserver = Keep, BackwardObserver = Keep, InputObserver = Keep };
        Tensor y = network.Forward(Uniform(new Philox(2), picture.Prepend(3)).To(DType.Float32), pass);
        pass.Backward(network, y);
        Assert.That(kept, Has.Count.GreaterThan(20));
        Assert.That(kept.Select(k => k.Seen.AsSpan<float>().ToArray()), Is.EqualTo(kept.Select(k => k.Then)));
    }

    [Test]
    public void A_layer_used_twice_finds_its_own_values()
    {
        Dense shared = new(4, 4, new Philox(1));
        Network network = new() { shared, new Tanh(), shared, new ReLU(), shared };
        Tensor x = Uniform(new Philox(2), [3, 4]), g = Uniform(new Philox(3), [3, 4]);
        network.ConvertTo(DType.Float64);
        double[][] outside = Run(network, x, g, 1, wanted: true);
        StepMemory.FillWithNaN();
        using StepScope step = Device.Cpu.BeginStep();
        Assert.That(Run(network, x, g, 1, wanted: true), Is.EqualTo(outside));
    }

    private static double[][] Run(Network network, Tensor x, Tensor g, ulong seed, bool wanted)
    {
        Pass pass = new(Mode.Training, new Philox(seed));
        network.ZeroGradients();
        double[][] statistics = [.. Statistics(network).Select(p => p.Value.AsSpan<double>().ToArray())];
        Tensor y = network.Forward(x, pass), dx = pass.Backward(network, g, wanted);
        Assert.That(pass.SavedCount, Is.Zero);
        foreach ((Parameter parameter, double[] before) in Statistics(network).Zip(statistics))
        {
            before.CopyTo(parameter.Value.AsSpan<double>());
        }

        return
        [
            y.AsSpan<double>().ToArray(),
            wanted ? dx.AsSpan<double>().ToArray() : [],
            .. network.NamedParameters().Where(p => p.Parameter.Learns).Select(p => p.Parameter.Gradient.AsSpan<double>().ToArray()),
        ];
    }

    private static IEnumerable<Parameter> Statistics(Network network) =>
        network.NamedParameters().Where(p => p.Parameter.IsStatistic).Select(p => p.Parameter);

    private static Tensor Uniform(Philox random, Shape shape) => Numbers.Uniform(random, shape, DType.Float64, -1, 1);

    /// <summary>Doubles, and remembers what it should not: what it was given, what it saved, what it threw away.</summary>
    private sealed class Keeper : ElementwiseLayer
    {
        public Tensor? Given { get; private set; }

        public Tensor Own { get; private set; } = null!;

        public Tensor Scratch { get; private set; } = null!;

        public Action AtBackward { get; set; } = () => { };

        public override Tensor Forward(Tensor x, Pass pass)
        {
            (Given, Own, Scratch) = (x, x.Clone(), x.Clone());
            pass.Save(Own);
            return x + x;
        }

        public override Tensor Backward(Tensor g, Pass pass)
        {
            AtBackward();
            Assert.That(pass.Restore().AsSpan<float>().ToArray(), Is.EqualTo(Own.AsSpan<float>().ToArray()));
            return g + g;
        }
    }

    /// <summary>The identity, which notes where its input lies.</summary>
    private sealed class Spy(List<nuint> seen) : ElementwiseLayer
    {
        public override unsafe Tensor Forward(Tensor x, Pass pass)
        {
            seen.Add((nuint)Unsafe.AsPointer(ref x.AsSpan<float>()[0]));
            return x;
        }

        public override Tensor Backward(Tensor g, Pass pass) => g;
    }
}
