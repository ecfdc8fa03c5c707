using Engine.Cli.Rendering;
using Engine.Data;
using Engine.Formats;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;
using Engine.Training;

namespace Engine.Cli.Commands;

/// <summary>A training run of a network, from the data to the saved weights.</summary>
internal sealed class NetworkRun
{
    private readonly Terminal terminal;
    private readonly ModelDefinition model;
    private readonly TrainRequest request;
    private readonly RunFiles files;

    /// <summary>A run.</summary>
    /// <exception cref="MistakeException">There is nothing to resume.</exception>
    public NetworkRun(Terminal terminal, ModelDefinition model, TrainRequest request)
    {
        (this.terminal, this.model) = (terminal, model);
        files = RunFiles.Of(terminal, model.Name, request.Output);
        if (request.Resume)
        {
            if (!File.Exists(files.Checkpoint))
            {
                throw new MistakeException($"There is nothing to resume: {files.Checkpoint} is not there. Leave out --resume to begin a run.");
            }

            request = request.OrAsBefore(WeightsFile.ReadInfo(files.Checkpoint).Settings);
        }

        this.request = request.OrAsUsual(model);
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        Device device = request.Compute.Apply(request.DType!.Value);
        DataSplits splits = Load();
        (Dataset training, Dataset? measured, string? measuredOn) = Divide(splits);
        int outputs = ModelFit.Outputs(model, training);
        Network network = ModelFit.Create(model, training.InputShape, outputs, request.Seed!.Value, request.DType.Value);
        network.MoveTo(device);
        Loss loss = model.CreateLoss();
        Optimizer optimizer = model.CreateOptimizer(network, request.LearningRate!.Value);
        Augmentation? augmentation = model.CreateAugmentation(request.Seed.Value);
        files.Prepare();
        string? csv = request.Csv is null ? null : terminal.FullPath(request.Csv);
        if (csv is not null)
        {
            RunFiles.RequireWritable(csv, "--csv");
        }

        Profiler? profiler = request.Profile.Begin(terminal, network);
        Introduce(network, optimizer, augmentation, splits, training, measured);
        EpochTable table = new(network, request.Epochs!.Value, training.HasLabels, measured is null ? null : measuredOn);
        using TrainingDisplay display = new(terminal, table);
        TrainerOptions options = new()
        {
            Epochs = request.Epochs.Value,
            BatchSize = request.BatchSize!.Value,
            Seed = request.Seed.Value,
            Schedule = model.CreateSchedule(request.LearningRate.Value),
            Transform = augmentation is null ? null : augmentation.Apply,
            Info = new WeightsInfo
            {
                Model = model.Name,
                InputShape = training.InputShape,
                ClassNames = training.ClassNames,
                Seed = request.Seed.Value,
                Settings = request.ToSettings(),
            },
            Profiler = profiler,
            Callbacks = [display, .. Keepers(csv)],
        };
        Trainer trainer = new(network, loss, optimizer, options);
        terminal.StopsGently = true;
        TrainingHistory history = trainer.Train(
            training, measured, request.Resume ? files.Checkpoint : null, terminal.Cancellation);
        terminal.StopsGently = false;
        if (history.Count < request.Epochs.Value)
        {
            request.Profile.Conclude(terminal, profiler, "training step");
            return Stopped(history.Count);
        }

        WeightsFile.Save(files.Weights, network, options.Info);
        Conclude(network, loss, trainer, display.Trace, history, splits, csv);
        request.Profile.Conclude(terminal, profiler, "training step");
        return ExitCode.Success;
    }

    private IEnumerable<TrainingCallback> Keepers(string? csv)
    {
        if (csv is not null)
        {
            yield return new CsvLog(csv);
        }

        // Chosen by the test data, the best weights would flatter the test; held-out samples may choose.
        if (HoldsOut)
        {
            yield return new BestCheckpoint(files.Best);
        }

        yield return new Checkpoints(files.Checkpoint, request.CheckpointEvery);
    }

    private DataSplits Load()
    {
        DataOptions options = new()
        {
            Directory = request.Data,
            AllowDownload = !request.Offline,
            TrainCount = request.Samples,
            TestCount = request.TestSamples,
        };
        return DataLoading.Load(terminal, request.Dataset, model.DefaultDataset, options);
    }

    private (Dataset Training, Dataset? Measured, string MeasuredOn) Divide(DataSplits splits)
    {
        if (HoldsOut)
        {
            if (splits.Train.Count < 2)
            {
                throw new MistakeException($"--validation needs at least 2 training samples, there is {splits.Train.Count}.");
            }

            (Dataset training, Dataset heldOut) = splits.Train.Shuffle(request.Seed!.Value).Split(1 - request.Validation!.Value);
            return (training, heldOut, "held-out");
        }

        // The tiny sets are one set for both; measuring it twice says nothing.
        bool measures = request.Validation is null && !ReferenceEquals(splits.Train, splits.Test);
        return (splits.Train, measures ? splits.Test : null, "test");
    }

    private void Introduce(
        Network network, Optimizer optimizer, Augmentation? augmentation, DataSplits splits, Dataset training, Dataset? measured)
    {
        long parameters = network.NamedParameters().Where(p => !p.Parameter.IsStatistic).Sum(p => (long)p.Parameter.Value.ElementCount);
        terminal.Fact("model", $"{model.Name}, {Numbers.Count(parameters, "parameter")}; {optimizer.GetType().Name} with learning rate {request.LearningRate}");
        string test = measured is null ? "" : $", {Numbers.Count(measured.Count)} to test";
        terminal.Fact("data", DataLoading.Describe(splits));
        string varied = augmentation is null ? "" : $" with {augmentation}";
        terminal.Fact("", $"{Numbers.Count(training.Count, "sample")} to learn{varied}{test}");
        int steps = (training.Count + request.BatchSize!.Value - 1) / request.BatchSize.Value;
        terminal.Fact(
            "run",
            $"{Numbers.Count(request.Epochs!.Value, "epoch")} of {Numbers.Count(steps, "step")} of {Numbers.Count(Math.Min(training.Count, request.BatchSize.Value), "sample")}, "
            + $"seed {request.Seed}, {request.DType!.Value.ToString().ToLowerInvariant()}, {request.Compute.Describe()}");
        if (request.Resume)
        {
            terminal.Fact("resumed", $"from {terminal.ShortPath(files.Checkpoint)}");
        }
        else if (File.Exists(files.Checkpoint) && Checkpoint.IsUnfinished(files.Checkpoint))
        {
            terminal.Fact("note", $"{terminal.ShortPath(files.Checkpoint)} holds an unfinished run, which this one will replace; --resume goes on with it instead");
        }

        terminal.Line();
    }

    private int Stopped(int epochsDone)
    {
        terminal.Line();
        terminal.Fact("stopped", $"in epoch {epochsDone + 1} of {request.Epochs}; {terminal.ShortPath(files.Checkpoint)} holds the run");
        terminal.Next("Go on with it:", $"engine train {model.Name} --resume{OutputOption()}");
        return ExitCode.Interrupted;
    }

    private void Conclude(
        Network network, Loss loss, Trainer trainer, LossTrace trace, TrainingHistory history, DataSplits splits, string? csv)
    {
        terminal.Line();
        if (trace.Points.Count > 1)
        {
            IReadOnlyList<(double, double)> test = [.. history.Where(r => r.ValidationLoss is not null).Select(r => ((double)r.Epoch, r.ValidationLoss!.Value))];
            terminal.Draw(LossCurve.Draw(trace.Points, test, Math.Min(terminal.Width, 79), 10));
            terminal.Line();
        }

        Results.Write(terminal, network, loss, trainer, splits.Test);
        terminal.Line();
        terminal.Fact("saved", $"{terminal.ShortPath(files.Weights)}, {Numbers.Bytes(new FileInfo(files.Weights).Length)}");
        if (HoldsOut)
        {
            EpochReport best = history.MinBy(r => r.ValidationLoss)!;
            terminal.Fact("", $"{terminal.ShortPath(files.Best)}, as it was after epoch {best.Epoch}, with the lowest loss on the held-out samples");
        }

        if (csv is not null)
        {
            terminal.Fact("", $"{terminal.ShortPath(csv)}, the epochs as a table");
        }

        terminal.Line();
        string weights = request.Output is null ? "" : $" --weights {Quoted(terminal.ShortPath(files.Weights))}";
        if (splits.Train.InputShape.Rank == 3)
        {
            terminal.Next("Let it read a picture:", $"engine predict PICTURE.png{weights}");
        }
        else
        {
            terminal.Next("Measure it again, also on other data:", $"engine evaluate {model.Name}{weights}");
        }
    }

    private bool HoldsOut => request.Validation > 0;

    private string OutputOption() => request.Output is null ? "" : $" --output {Quoted(request.Output)}";

    private static string Quoted(string path) => path.Contains(' ') ? $"\"{path}\"" : path;
}
