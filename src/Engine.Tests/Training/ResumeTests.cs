using Engine.Data;
using Engine.Formats;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tests.Data;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>A run that is resumed arrives where an uninterrupted one does, bit for bit, wherever it was interrupted.</summary>
public sealed class ResumeTests
{
    private const int Epochs = 3;
    private const int Steps = Epochs * SmallTask.StepsPerEpoch;

    private static readonly Func<Layer, Optimizer>[] Rules =
        [n => new Adam(n, 0.01), n => new Sgd(n, 0.05, momentum: 0.9), n => new Sgd(n, 0.05)];

    [Test]
    public void A_run_resumed_after_any_step_ends_with_the_same_bits([Range(0, 2)] int rule, [Values] bool float64)
    {
        using TemporaryFolder folder = new();
        DType dtype = float64 ? DType.Float64 : DType.Float32;
        Callback snapshots = new()
        {
            TrainBegin = run => run.SaveCheckpoint(folder.File("0")),
            StepEnd = (run, _) => run.SaveCheckpoint(folder.File($"{run.StepsTaken}")),
            EpochEnd = (run, _) => run.SaveCheckpoint(folder.File($"{run.StepsTaken} end")),
        };
        Result expected = Run(dtype, rule, null, snapshots);

        string[] files = [.. Enumerable.Range(0, Steps + 1).Select(s => $"{s}"), "5 end", "10 end", "15 end"];
        foreach (string file in files)
        {
            Result resumed = Run(dtype, rule, folder.File(file));
            Assert.That(resumed.Bits, Is.EqualTo(expected.Bits), $"weights after resuming at {file}");
            Assert.That(resumed.Memory, Is.EqualTo(expected.Memory), $"optimizer after resuming at {file}");
            Assert.That(resumed.History, Is.EqualTo(expected.History), $"history after resuming at {file}");
        }
    }

    [Test]
    public void A_run_stopped_after_any_step_leaves_a_checkpoint_to_go_on_from()
    {
        using TemporaryFolder folder = new();
        Result expected = Run(DType.Float32, 0, null);
        for (int stop = 1; stop <= Steps; stop++)
        {
            string path = folder.File($"stopped at {stop}");
            using CancellationTokenSource source = new();
            Callback interrupt = new()
            {
                StepEnd = (run, _) =>
                {
                    if (run.StepsTaken == stop)
                    {
                        source.Cancel();
                    }
                },
            };
            Network network = SmallTask.Network();
            SmallTask.Trainer(network, Epochs, Rules[0], new Checkpoints(path), interrupt)
                .Train(SmallTask.Images(), SmallTask.Images(seed: 2, count: 11), null, source.Token);
            Assert.That(Run(DType.Float32, 0, path).Bits, Is.EqualTo(expected.Bits), $"stopped after step {stop}");
        }
    }

    [Test]
    public void A_run_interrupted_again_and_again_loses_nothing()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("c");
        Callback oneStepEach = new() { StepEnd = (run, _) => run.RequestStop() };
        Run(DType.Float32, 0, null, new Checkpoints(path), oneStepEach);
        for (int i = 0; i < Steps + Epochs; i++)
        {
            Run(DType.Float32, 0, path, new Checkpoints(path), oneStepEach);
        }

        Result last = Run(DType.Float32, 0, path);
        Result expected = Run(DType.Float32, 0, null);
        Assert.That(last.Bits, Is.EqualTo(expected.Bits));
        Assert.That(last.History, Is.EqualTo(expected.History));
    }

    [Test]
    public void A_finished_run_may_be_taken_further()
    {
        using TemporaryFolder folder = new();
        Network first = SmallTask.Network(), further = SmallTask.Network(), straight = SmallTask.Network();
        SmallTask.Trainer(first, epochs: 2, null, new Checkpoints(folder.File("c"))).Train(SmallTask.Images());
        TrainingHistory history = SmallTask.Trainer(further, epochs: 4).Train(SmallTask.Images(), null, folder.File("c"));
        SmallTask.Trainer(straight, epochs: 4).Train(SmallTask.Images());
        Assert.That(SmallTask.Bits(further), Is.EqualTo(SmallTask.Bits(straight)));
        Assert.That(history.Select(r => r.Epoch), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void A_changed_learning_rate_is_taken_up_where_it_was()
    {
        using TemporaryFolder folder = new();
        Callback schedule = new() { EpochEnd = (run, _) => run.Optimizer.LearningRate /= 2 };
        Network straight = SmallTask.Network(), resumed = SmallTask.Network();
        Callback snapshot = new()
        {
            StepEnd = (run, _) => run.SaveCheckpoint(folder.File($"{run.StepsTaken}")),
        };
        SmallTask.Trainer(straight, Epochs, null, schedule, snapshot).Train(SmallTask.Images());
        SmallTask.Trainer(resumed, Epochs, null, schedule).Train(SmallTask.Images(), null, folder.File("8"));
        Assert.That(SmallTask.Bits(resumed), Is.EqualTo(SmallTask.Bits(straight)));
    }

    [Test]
    public void A_checkpoint_can_be_read_as_weights()
    {
        using TemporaryFolder folder = new();
        Network trained = SmallTask.Network(), loaded = SmallTask.Network(seed: 9);
        SmallTask.Trainer(trained, 1, null, new Checkpoints(folder.File("c"))).Train(SmallTask.Images());
        WeightsFile.Load(folder.File("c"), loaded);
        Assert.That(SmallTask.Bits(loaded), Is.EqualTo(SmallTask.Bits(trained)));
        Assert.That(TrainingState.ReadSettings(folder.File("c"))["batch size"], Is.EqualTo("8"));
    }

    [TestCaseSource(nameof(Differences))]
    public void Another_setting_is_refused_by_name(string complaint, Func<Network, TrainerOptions, (Optimizer, Loss, TrainerOptions)> change, int samples)
    {
        using TemporaryFolder folder = new();
        Network network = SmallTask.Network();
        TrainerOptions options = new() { Epochs = 1, BatchSize = SmallTask.BatchSize, Seed = 42 };
        new Trainer(network, new SparseCategoricalCrossEntropy(), new Adam(network, 0.01), options with { Callbacks = [new Checkpoints(folder.File("c"))] })
            .Train(SmallTask.Images());

        string before = SmallTask.Bits(network);
        (Optimizer optimizer, Loss loss, TrainerOptions changed) = change(network, options);
        Assert.That(
            () => new Trainer(network, loss, optimizer, changed).Train(SmallTask.Images(count: samples), null, folder.File("c")),
            Throws.TypeOf<IncompatibleFileException>().With.Message.EqualTo($"{folder.File("c")}: cannot resume, the {complaint}."));
        Assert.That(SmallTask.Bits(network), Is.EqualTo(before), "nothing is changed");
    }

    [Test]
    public void Another_network_is_refused_by_the_tensor_that_differs()
    {
        using TemporaryFolder folder = new();
        SmallTask.Trainer(SmallTask.Network(), 1, null, new Checkpoints(folder.File("c"))).Train(SmallTask.Images());
        Network other = new() { new Flatten(), new Dense(60, 3, new Philox(1)) };
        Assert.That(
            () => SmallTask.Trainer(other, 1).Train(SmallTask.Images(), null, folder.File("c")),
            Throws.TypeOf<IncompatibleFileException>().With.Message.Contains("tensor 'dense1.weight' is Float32 [24, 3], the network expects Float32 [60, 3]"));
    }

    [Test]
    public void Weights_alone_are_no_checkpoint()
    {
        using TemporaryFolder folder = new();
        Network network = SmallTask.Network();
        WeightsFile.Save(folder.File("w"), network, new WeightsInfo());
        Assert.That(
            () => SmallTask.Trainer(network).Train(SmallTask.Images(), null, folder.File("w")),
            Throws.TypeOf<IncompatibleFileException>().With.Message.Contains("no checkpoint of a training run"));
    }

    [TestCase("steps_done", "6")]
    [TestCase("steps_done", "-1")]
    [TestCase("epochs_done", "-1")]
    [TestCase("epochs_done", "2.5")]
    [TestCase("samples", "-3")]
    [TestCase("loss_sum", "much")]
    [TestCase("learning_rate", "-1")]
    [TestCase("optimizer_steps", "")]
    [TestCase("history", "[")]
    [TestCase("history", "[null]")]
    [TestCase("history", "[{}]")]
    public void A_checkpoint_that_makes_no_sense_is_refused(string key, string value)
    {
        using TemporaryFolder folder = new();
        SmallTask.Trainer(SmallTask.Network(), 1, null, new Checkpoints(folder.File("c"))).Train(SmallTask.Images());
        SafetensorsFile file = SafetensorsFile.Read(folder.File("c"));
        Dictionary<string, string> metadata = new(file.Metadata) { [key] = value };
        SafetensorsFile.Write(folder.File("c"), file.Tensors.Select(t => (t.Key, t.Value)), metadata);

        Network network = SmallTask.Network(seed: 9);
        string before = SmallTask.Bits(network);
        Assert.That(
            () => SmallTask.Trainer(network).Train(SmallTask.Images(), null, folder.File("c")),
            Throws.TypeOf<InvalidFileException>());
        Assert.That(SmallTask.Bits(network), Is.EqualTo(before), "nothing is changed");
    }

    private static IEnumerable<TestCaseData> Differences()
    {
        yield return Case("seed differs: '42' in the checkpoint, '43' in this run", (n, o) => (new Adam(n, 0.01), Sparse, o with { Seed = 43 }));
        yield return Case("batch size differs: '8' in the checkpoint, '9' in this run", (n, o) => (new Adam(n, 0.01), Sparse, o with { BatchSize = 9 }));
        yield return Case("shuffle differs: 'True' in the checkpoint, 'False' in this run", (n, o) => (new Adam(n, 0.01), Sparse, o with { Shuffle = false }));
        yield return Case("drop last differs: 'False' in the checkpoint, 'True' in this run", (n, o) => (new Adam(n, 0.01), Sparse, o with { DropLast = true }));
        yield return Case("augmentation differs: 'none' in the checkpoint, 'some' in this run", (n, o) => (new Adam(n, 0.01), Sparse, o with { Transform = _ => { } }));
        yield return Case("model differs: 'network' in the checkpoint, 'lenet5' in this run", (n, o) => (new Adam(n, 0.01), Sparse, o with { Info = new WeightsInfo { Model = "lenet5" } }));
        yield return Case("loss differs: 'SparseCategoricalCrossEntropy' in the checkpoint, 'CategoricalCrossEntropy' in this run", (n, o) => (new Adam(n, 0.01), new CategoricalCrossEntropy(), o with { Targets = TargetFormat.AsStored }));
        yield return Case("optimizer differs: 'Adam, learning rate 0.01, beta1 0.9, beta2 0.999, epsilon 1E-08' in the checkpoint, 'Adam, learning rate 0.02, beta1 0.9, beta2 0.999, epsilon 1E-08' in this run", (n, o) => (new Adam(n, 0.02), Sparse, o));
        yield return Case("training data differs: 'noise, 37 samples' in the checkpoint, 'noise, 38 samples' in this run", (n, o) => (new Adam(n, 0.01), Sparse, o), samples: 38);
    }

    private static SparseCategoricalCrossEntropy Sparse => new();

    private static TestCaseData Case(
        string complaint, Func<Network, TrainerOptions, (Optimizer, Loss, TrainerOptions)> change, int samples = SmallTask.Samples) =>
        new TestCaseData(complaint, change, samples).SetArgDisplayNames(complaint[..complaint.IndexOf(':', StringComparison.Ordinal)]);

    private static Result Run(DType dtype, int rule, string? resumeFrom, params TrainingCallback[] callbacks)
    {
        Network network = SmallTask.Network(dtype: dtype);
        Optimizer optimizer = Rules[rule](network);
        TrainingHistory history = SmallTask.Trainer(network, Epochs, _ => optimizer, callbacks)
            .Train(SmallTask.Images(), SmallTask.Images(seed: 2, count: 11), resumeFrom);
        return new Result(
            SmallTask.Bits(network),
            string.Join('\n', optimizer.State.Select(s => $"{s.Name} {Convert.ToHexString(s.Value.Bytes)}").Append($"{optimizer.StepCount}")),
            string.Join('\n', history.Select(r => r with { Seconds = 0, SamplesPerSecond = 0 })));
    }

    private sealed record Result(string Bits, string Memory, string History);
}
