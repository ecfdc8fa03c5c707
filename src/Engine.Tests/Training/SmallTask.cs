using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>A small thing to learn with everything in it that makes a step depend on what came before.</summary>
internal static class SmallTask
{
    public const int Samples = 37;
    public const int BatchSize = 8;
    public const int StepsPerEpoch = 5;

    /// <summary>Images of one of three brightnesses in noise.</summary>
    public static Dataset Images(ulong seed = 1, int count = Samples, string name = "noise")
    {
        Philox random = new(seed);
        byte[] pixels = new byte[count * 2 * 6 * 5];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % 3;
            for (int p = 0; p < 60; p++)
            {
                pixels[(i * 60) + p] = (byte)((60 * labels[i]) + random.NextInt(120));
            }
        }

        return Dataset.OfImages(name, pixels, [2, 6, 5], labels, ["dark", "grey", "bright"]);
    }

    /// <summary>Convolution, batch normalization, dropout and a dense layer.</summary>
    public static Network Network(ulong seed = 1, DType dtype = DType.Float32)
    {
        Philox random = new(seed);
        Network network = new()
        {
            new Conv2D(2, 4, 3, random, padding: Padding.Same),
            new BatchNormalization(4),
            new ReLU(),
            new MaxPooling2D(2),
            new Flatten(),
            new Dropout(0.3),
            new Dense(24, 3, random),
        };
        network.ConvertTo(dtype);
        return network;
    }

    public static Trainer Trainer(
        Network network, int epochs = 3, Func<Layer, Optimizer>? rule = null, params TrainingCallback[] callbacks) => new(
        network,
        new SparseCategoricalCrossEntropy(),
        rule?.Invoke(network) ?? new Adam(network, 0.01),
        new TrainerOptions { Epochs = epochs, BatchSize = BatchSize, Seed = 42, Callbacks = callbacks });

    /// <summary>Every bit of a network.</summary>
    public static string Bits(Layer network) => string.Join('\n', network.NamedParameters()
        .Select(p => $"{p.Path} {Convert.ToHexString(p.Parameter.Value.To(Device.Cpu).Bytes)}"));
}

/// <summary>A callback out of lambdas.</summary>
internal sealed class Callback : TrainingCallback
{
    public Action<TrainingRun>? TrainBegin { get; init; }

    public Action<TrainingRun>? EpochBegin { get; init; }

    public Action<TrainingRun, StepReport>? StepEnd { get; init; }

    public Action<TrainingRun, EpochReport>? EpochEnd { get; init; }

    public Action<TrainingRun>? TrainEnd { get; init; }

    public bool Waits { get; init; }

    public override bool LooksAtParameters(TrainingRun run, long stepsTaken) => Waits;

    public override void OnTrainBegin(TrainingRun run) => TrainBegin?.Invoke(run);

    public override void OnEpochBegin(TrainingRun run) => EpochBegin?.Invoke(run);

    public override void OnStepEnd(TrainingRun run, in StepReport report) => StepEnd?.Invoke(run, report);

    public override void OnEpochEnd(TrainingRun run, EpochReport report) => EpochEnd?.Invoke(run, report);

    public override void OnTrainEnd(TrainingRun run) => TrainEnd?.Invoke(run);
}
