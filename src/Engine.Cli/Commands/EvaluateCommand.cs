using System.CommandLine;
using Engine.Backends.Cpu;
using Engine.Cli.Options;
using Engine.Data;
using Engine.Losses;
using Engine.Models;
using Engine.Training;

namespace Engine.Cli.Commands;

/// <summary><c>engine evaluate MODEL</c>: how well a trained network does on data it has not learned from.</summary>
internal static class EvaluateCommand
{
    private const int BatchSize = 256;

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string?> model = new("MODEL") { Description = "A name of 'engine list'", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> weights = WeightsOption();
        DataOptionGroup data = new();
        Option<int?> threads = TrainCommand.ThreadsOption();
        ComputeOptionGroup compute = new();
        ProfileOption profile = new();
        Command command = new("evaluate", "Measure a trained model on test data") { model, weights, data.Dataset, data.Folder, data.TestSamples, data.Offline, threads, profile.Option };
        foreach (Option option in compute)
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            WorkerPool.Threads = parsed.GetValue(threads) ?? Environment.ProcessorCount;
            string? name = parsed.GetValue(model);
            if (ModelNames.IsPerceptron(name))
            {
                throw new MistakeException("The perceptron keeps no file: 'engine train perceptron' shows what it learned.");
            }

            ComputeRequest asked = compute.Read(parsed);
            TrainedNetwork trained = TrainedNetwork.Load(terminal, parsed.GetValue(weights), ModelNames.Find(name, "evaluate"), asked, BatchSize);
            Write(terminal, trained, asked, profile.Read(parsed), parsed.GetValue(data.Dataset), new DataOptions
            {
                Directory = parsed.GetValue(data.Folder) ?? (parsed.GetValue(data.Dataset) is null ? trained.Info.Settings.GetValueOrDefault("data") : null),
                AllowDownload = !parsed.GetValue(data.Offline),
                TestCount = parsed.GetValue(data.TestSamples),

                // Only the test part is wanted; of generated sets the other need not be drawn.
                TrainCount = 1,
            });
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>The option <c>--weights</c>.</summary>
    public static Option<string?> WeightsOption() =>
        Setting.Text("--weights", "The file of a trained network; otherwise what was trained last in runs/", "FILE");

    private static void Write(Terminal terminal, TrainedNetwork trained, ComputeRequest compute, ProfileRequest profile, string? dataset, DataOptions options)
    {
        ModelDefinition model = trained.Model;
        DataSplits splits = DataLoading.Load(terminal, dataset ?? trained.Info.Settings.GetValueOrDefault("dataset"), model.DefaultDataset, options);
        if (splits.Test.InputShape != trained.Input)
        {
            throw new MistakeException(
                $"{trained.File} is of a network for samples {trained.Input}, those of data set '{splits.Test.Name}' are {splits.Test.InputShape}. Choose another --dataset.");
        }

        int outputs = ModelFit.Outputs(model, splits.Test);
        if (outputs != 1 && outputs != trained.Info.ClassNames.Count && trained.Info.ClassNames.Count > 0)
        {
            throw new MistakeException(
                $"{trained.File} tells {trained.Info.ClassNames.Count} classes apart, data set '{splits.Test.Name}' has {outputs}. Choose another --dataset.");
        }

        terminal.Fact("model", $"{model.Name} from {terminal.ShortPath(trained.File)}");
        terminal.Fact("data", DataLoading.Describe(splits));
        terminal.Fact("run", compute.Describe());
        Loss loss = model.CreateLoss();
        Trainer trainer = new(trained.Network, loss, model.CreateOptimizer(trained.Network, model.DefaultLearningRate), new TrainerOptions { BatchSize = BatchSize });
        Profiler? profiler = profile.Begin(terminal, trained.Network);
        Results.Write(terminal, trained.Network, loss, trainer, splits.Test, profiler);
        profile.Conclude(terminal, profiler, "evaluation step");
    }
}
