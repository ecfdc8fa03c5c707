using System.Globalization;
using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary>What the user asked of <c>engine train</c>; null where nothing was said.</summary>
internal sealed record TrainRequest
{
    /// <summary>The seed of runs that name none: every run can be repeated.</summary>
    public const ulong DefaultSeed = 1;

    /// <summary>The data set.</summary>
    public string? Dataset { get; init; }

    /// <summary>The folder with its files.</summary>
    public string? Data { get; init; }

    /// <summary>True to download nothing.</summary>
    public bool Offline { get; init; }

    /// <summary>Epochs in all.</summary>
    public int? Epochs { get; init; }

    /// <summary>Samples per step.</summary>
    public int? BatchSize { get; init; }

    /// <summary>η.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Training samples to use.</summary>
    public int? Samples { get; init; }

    /// <summary>Test samples to use.</summary>
    public int? TestSamples { get; init; }

    /// <summary>The part of the training data to hold out and measure on; 0 to measure on none.</summary>
    public double? Validation { get; init; }

    /// <summary>The seed.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The element type to compute in.</summary>
    public DType? DType { get; init; }

    /// <summary>On what to compute, and how.</summary>
    public ComputeRequest Compute { get; init; } = new();

    /// <summary>Where to keep the run.</summary>
    public string? Output { get; init; }

    /// <summary>True to go on from the checkpoint.</summary>
    public bool Resume { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    public int? CheckpointEvery { get; init; }

    /// <summary>Where to write a table of the epochs.</summary>
    public string? Csv { get; init; }

    /// <summary>Whether and where to say where the time went. Not kept with the run: it says nothing about what is learned.</summary>
    public ProfileRequest Profile { get; init; }

    /// <summary>What was not asked, as the interrupted run had it: so that "--resume" alone goes on with the same run.</summary>
    /// <param name="saved">The settings kept in the run's checkpoint; see <see cref="ToSettings"/>.</param>
    public TrainRequest OrAsBefore(IReadOnlyDictionary<string, string> saved)
    {
        string? Text(string name) => saved.GetValueOrDefault(name);
        T? Number<T>(string name)
            where T : struct, IParsable<T> => T.TryParse(Text(name), CultureInfo.InvariantCulture, out T value) ? value : null;
        return this with
        {
            Dataset = Dataset ?? Text("dataset"),
            Data = Data ?? Text("data"),
            Epochs = Epochs ?? Number<int>("epochs"),
            BatchSize = BatchSize ?? Number<int>("batch-size"),
            LearningRate = LearningRate ?? Number<double>("learning-rate"),
            Samples = Samples ?? Number<int>("samples"),
            TestSamples = TestSamples ?? Number<int>("test-samples"),
            Validation = Validation ?? Number<double>("validation"),
            Seed = Seed ?? Number<ulong>("seed"),
            DType = DType ?? (Enum.TryParse(Text("dtype"), ignoreCase: true, out DType dtype) ? dtype : null),
            Compute = Compute.OrAsBefore(saved),
            CheckpointEvery = CheckpointEvery ?? Number<int>("checkpoint-every"),
            Csv = Csv ?? Text("csv"),
        };
    }

    /// <summary>What was not asked, as the model has it by default.</summary>
    public TrainRequest OrAsUsual(ModelDefinition model) => this with
    {
        Epochs = Epochs ?? model.DefaultEpochs,
        BatchSize = BatchSize ?? model.DefaultBatchSize,
        LearningRate = LearningRate ?? model.DefaultLearningRate,
        Seed = Seed ?? DefaultSeed,
        DType = DType ?? Tensors.DType.Float32,
    };

    /// <summary>The settings by name, to be kept with the weights and checkpoints.</summary>
    public IReadOnlyDictionary<string, string> ToSettings()
    {
        Dictionary<string, string> settings = [];
        void Keep(string name, IFormattable? value)
        {
            if (value is not null)
            {
                settings[name] = value.ToString(null, CultureInfo.InvariantCulture);
            }
        }

        void KeepText(string name, string? value)
        {
            if (value is not null)
            {
                settings[name] = value;
            }
        }

        KeepText("dataset", Dataset);
        KeepText("data", Data);
        KeepText("csv", Csv);
        KeepText("dtype", DType?.ToString().ToLowerInvariant());
        Keep("epochs", Epochs);
        Keep("batch-size", BatchSize);
        Keep("learning-rate", LearningRate);
        Keep("samples", Samples);
        Keep("test-samples", TestSamples);
        Keep("validation", Validation);
        Keep("seed", Seed);
        Keep("checkpoint-every", CheckpointEvery);
        Compute.Keep(settings);
        return settings;
    }
}
