using Engine.Backends.Cuda;
using Engine.Layers;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tests.Backends;
using Engine.Tests.Data;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>Training on a device of its own: ahead of the program, with steps captured as graphs, and with the numbers of any other way.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.Cuda))]
[NonParallelizable]
public sealed class DeviceTrainingTests(Device device)
{
    private const int Steps = 3 * SmallTask.StepsPerEpoch;

    [TearDown]
    public void Restore() => CudaSettings.UseGraphs = true;

    [Test]
    public void Steps_launched_as_graphs_give_the_same_bits([Values("Adam", "momentum")] string rule)
    {
        Func<Layer, Optimizer> optimizer = rule == "Adam" ? n => new Adam(n, 0.01) : n => new Sgd(n, 0.05, 0.9);
        long launched = CudaDevice.Of(device).Recorder.GraphLaunches;
        (string bits, List<double> losses) = Train(optimizer);

        // Full batches and the last one of an epoch are two kinds of steps; the first of each kind is not captured.
        Assert.That(CudaDevice.Of(device).Recorder.GraphLaunches - launched, Is.EqualTo(Steps - 2));

        CudaSettings.UseGraphs = false;
        (string expected, List<double> expectedLosses) = Train(optimizer);
        Assert.That(losses, Is.EqualTo(expectedLosses));
        Assert.That(bits, Is.EqualTo(expected));
    }

    [Test]
    public void Losses_are_those_of_the_CPU()
    {
        (_, List<double> losses) = Train(n => new Sgd(n, 0.01));
        (_, List<double> expected) = Train(n => new Sgd(n, 0.01), Device.Cpu);

        // Each step adds the rounding of sums over 216 products, and learns from what the steps before have left.
        for (int step = 0; step < Steps; step++)
        {
            Assert.That(losses[step], Is.EqualTo(expected[step]).Within(4 * Math.Sqrt(216) * Math.ScaleB(1, -24) * (step + 1)), $"step {step + 1}");
        }
    }

    [Test]
    public void A_step_that_reads_a_number_in_its_midst_goes_on_without_a_graph()
    {
        (string bits, _) = Train(n => new Adam(n, 0.01), network: WithReader());
        CudaSettings.UseGraphs = false;
        (string expected, _) = Train(n => new Adam(n, 0.01), network: WithReader());
        Assert.That(bits, Is.EqualTo(expected));
    }

    [Test]
    public void A_step_that_changes_its_mind_goes_on_without_a_graph()
    {
        (string bits, _) = Train(n => new Adam(n, 0.01), network: WithMoods());
        CudaSettings.UseGraphs = false;
        (string expected, _) = Train(n => new Adam(n, 0.01), network: WithMoods());
        Assert.That(bits, Is.EqualTo(expected));
    }

    [Test]
    public void A_checkpoint_between_steps_holds_that_step()
    {
        using TemporaryFolder folder = new();
        Network network = OnDevice(SmallTask.Network());
        Callback stop = new()
        {
            StepEnd = (run, _) =>
            {
                if (run.StepsTaken == 7)
                {
                    // As if the process was killed: the checkpoint of step 6 is all that stays.
                    throw new OperationCanceledException();
                }
            },
        };
        Assert.That(
            () => SmallTask.Trainer(OnDevice(SmallTask.Network()), 3, null, stop, new Checkpoints(folder.File("c"), everySteps: 3)).Train(SmallTask.Images()),
            Throws.TypeOf<OperationCanceledException>());
        SmallTask.Trainer(network).Train(SmallTask.Images());
        Network resumed = OnDevice(SmallTask.Network());
        SmallTask.Trainer(resumed).Train(SmallTask.Images(), null, folder.File("c"));
        Assert.That(SmallTask.Bits(resumed), Is.EqualTo(SmallTask.Bits(network)));
    }

    [Test]
    public void A_run_resumed_from_any_step_ends_with_the_same_bits()
    {
        using TemporaryFolder folder = new();
        Network network = OnDevice(SmallTask.Network());
        Callback snapshots = new() { Waits = true, StepEnd = (run, _) => run.SaveCheckpoint(folder.File($"{run.StepsTaken}")) };
        SmallTask.Trainer(network, 3, null, snapshots).Train(SmallTask.Images());
        foreach (int step in (int[])[1, 4, 5, 9, Steps])
        {
            Network resumed = OnDevice(SmallTask.Network());
            SmallTask.Trainer(resumed).Train(SmallTask.Images(), null, folder.File($"{step}"));
            Assert.That(SmallTask.Bits(resumed), Is.EqualTo(SmallTask.Bits(network)), $"from step {step}");
        }
    }

    [Test]
    public void Parameters_of_a_step_under_way_are_not_saved_by_mistake()
    {
        using TemporaryFolder folder = new();
        Callback hasty = new() { StepEnd = (run, _) => run.SaveCheckpoint(folder.File("c")) };
        Assert.That(
            () => SmallTask.Trainer(OnDevice(SmallTask.Network()), 3, null, hasty).Train(SmallTask.Images()),
            Throws.InvalidOperationException.With.Message.Contains("LooksAtParameters"));
    }

    [Test]
    public void A_learning_rate_too_large_is_found_out_before_a_parameter_is_spoiled()
    {
        Network network = OnDevice(SmallTask.Network());
        DivergenceException problem = Assert.Throws<DivergenceException>(
            () => SmallTask.Trainer(network, 50, n => new Sgd(n, 1e30)).Train(SmallTask.Images()))!;
        Assert.That(problem.Origin, Does.StartWith("the output of").Or.StartWith("the SparseCategoricalCrossEntropy loss").Or.StartWith("the gradient"));
        Assert.That(network.NamedParameters().Where(p => p.Parameter.Learns).All(p => Finite.All(p.Parameter.Value)));
    }

    [Test]
    public void A_step_takes_no_memory_once_it_is_warm()
    {
        List<long> bytes = [];
        Callback meter = new() { StepEnd = (_, _) => bytes.Add(DeviceMemory.Of(device).AllocatedBytes) };
        SmallTask.Trainer(OnDevice(SmallTask.Network()), 4, null, meter).Train(SmallTask.Images());
        Assert.That(bytes[^1], Is.EqualTo(bytes[SmallTask.StepsPerEpoch]));
    }

    private Network OnDevice(Network network)
    {
        network.MoveTo(device);
        return network;
    }

    private (string Bits, List<double> Losses) Train(Func<Layer, Optimizer> optimizer, Device? where = null, Network? network = null)
    {
        network ??= SmallTask.Network();
        network.MoveTo(where ?? device);
        List<double> losses = [];
        Callback listener = new() { StepEnd = (_, report) => losses.Add(report.Loss) };
        SmallTask.Trainer(network, 3, optimizer, listener).Train(SmallTask.Images());
        Assert.That(losses, Has.Count.EqualTo(Steps));
        return (SmallTask.Bits(network), losses);
    }

    private static Network WithReader() => new()
    {
        new Flatten(),
        new Dense(60, 8, new Philox(1)),
        new Reader(),
        new Tanh(),
        new Dense(8, 3, new Philox(2)),
    };

    private static Network WithMoods() => new()
    {
        new Flatten(),
        new Dense(60, 8, new Philox(1)),
        new Moody(),
        new Dense(8, 3, new Philox(2)),
    };

    /// <summary>Divides by the mean magnitude, which it looks up in main memory.</summary>
    private sealed class Reader : ElementwiseLayer
    {
        public override Tensor Forward(Tensor x, Pass pass) => x * Scale(x, pass);

        public override Tensor Backward(Tensor g, Pass pass) => g * pass.Restore();

        private static Tensor Scale(Tensor x, Pass pass)
        {
            Tensor scale = Numbers.Filled([1], x.DType, 1 / (1 + Math.Abs(x.Sum(0).Sum(0).Item()))).To(x.Device);
            pass.Save(scale);
            return scale;
        }
    }

    /// <summary>Takes another way at every third step.</summary>
    private sealed class Moody : ElementwiseLayer
    {
        private int calls;

        public override Tensor Forward(Tensor x, Pass pass)
        {
            Tensor y = Tensor.Like(x);
            Activation mood = calls++ % 3 == 2 ? Activation.Logistic : Activation.Tanh;
            Backend.Of(x).ActivationForward(mood, x, y);
            pass.Save(y);
            return y;
        }

        public override Tensor Backward(Tensor g, Pass pass) => g * pass.Restore();
    }
}
