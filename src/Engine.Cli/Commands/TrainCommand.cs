using System.CommandLine;
using System.CommandLine.Parsing;
using Engine.Backends.Cpu;
using Engine.Cli.Options;
using Engine.Data;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine train MODEL</c>.</summary>
internal static class TrainCommand
{
    private static readonly string[] NotForPerceptrons =
    [
        "--batch-size", "--dtype", "--output", "--resume", "--checkpoint-every", "--csv", "--validation", "--test-samples",
        "--profile", "--device", "--cuda-graph", "--convolution", "--matrix-product", "--matrix-mode",
    ];

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string?> model = new("MODEL") { Description = "A name of 'engine list'", Arity = ArgumentArity.ZeroOrOne };
        DataOptionGroup data = new();
        Option<int?> epochs = Setting.WholeNumber("--epochs", "How often to go through the data");
        Option<int?> batchSize = Setting.WholeNumber("--batch-size", "Samples per step");
        Option<double?> learningRate = Setting.Number("--learning-rate", "How far each step goes", "a number above 0, such as 0.001", x => x > 0);
        Option<double?> validation = Setting.Number(
            "--validation",
            "Measure on this fraction of the training data, held out, instead of on the test data; 0: measure on nothing",
            "a number from 0 up to, but not including, 1, such as 0.1",
            x => x is >= 0 and < 1);
        Option<ulong?> seed = Setting.Seed($"What all randomness comes from; {TrainRequest.DefaultSeed} unless given");
        Option<int?> threads = ThreadsOption();
        Option<DType?> dtype = Setting.Element("--dtype", "Element type: float32, or float64 for twice the digits at half the speed");
        ComputeOptionGroup compute = new(withGraphs: true);
        Option<string?> output = Setting.Text(
            "--output", "Where to keep the run: a folder, or a file *.safetensors for the weights; otherwise runs/MODEL", "PATH");
        Option<bool> resume = new("--resume") { Description = "Go on with an interrupted run, with its settings" };
        Option<int?> checkpointEvery = Setting.WholeNumber(
            "--checkpoint-every", "Save a checkpoint after so many steps too, not only after each epoch", helpName: "STEPS");
        Option<string?> csv = Setting.Text("--csv", "Write a table of the epochs, comma-separated", "FILE");

        ProfileOption profile = new();

        Command command = new("train", "Train a model") { model };
        foreach (Option option in (Option[])[.. data, epochs, batchSize, learningRate, validation, seed, threads, dtype, .. compute, output, resume, checkpointEvery, csv, profile.Option])
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            WorkerPool.Threads = parsed.GetValue(threads) ?? Environment.ProcessorCount;
            TrainRequest request = new()
            {
                Dataset = parsed.GetValue(data.Dataset),
                Data = parsed.GetValue(data.Folder),
                Offline = parsed.GetValue(data.Offline),
                Samples = parsed.GetValue(data.Samples),
                TestSamples = parsed.GetValue(data.TestSamples),
                Epochs = parsed.GetValue(epochs),
                BatchSize = parsed.GetValue(batchSize),
                LearningRate = parsed.GetValue(learningRate),
                Validation = parsed.GetValue(validation),
                Seed = parsed.GetValue(seed),
                DType = parsed.GetValue(dtype),
                Compute = compute.Read(parsed),
                Output = parsed.GetValue(output),
                Resume = parsed.GetValue(resume),
                CheckpointEvery = parsed.GetValue(checkpointEvery),
                Csv = parsed.GetValue(csv),
                Profile = profile.Read(parsed),
            };
            string? name = parsed.GetValue(model);
            return ModelNames.IsPerceptron(name)
                ? Perceptron(terminal, request, parsed)
                : new NetworkRun(terminal, ModelNames.Find(name, "train"), request).Run();
        });
        return command;
    }

    /// <summary>The option <c>--threads</c>.</summary>
    public static Option<int?> ThreadsOption() =>
        Setting.WholeNumber("--threads", $"Threads to compute on; {Environment.ProcessorCount} here unless given. The result is the same for any number");

    private static int Perceptron(Terminal terminal, TrainRequest request, ParseResult parsed)
    {
        string? misplaced = parsed.CommandResult.Children.OfType<OptionResult>()
            .Where(o => !o.Implicit).Select(o => o.Option.Name).FirstOrDefault(NotForPerceptrons.Contains);
        if (misplaced is not null)
        {
            throw new MistakeException(
                $"The perceptron has no use for {misplaced}: it learns by its own rule, sample by sample, and keeps no file. Leave it out.");
        }

        DataSplits splits = DataLoading.Load(
            terminal,
            DataLoading.Find(request.Dataset ?? PerceptronRun.DefaultDataset),
            new DataOptions { Directory = request.Data, AllowDownload = !request.Offline, TrainCount = request.Samples });
        return PerceptronRun.Run(terminal, splits.Train, DataLoading.Describe(splits), request.Epochs, request.LearningRate);
    }
}
