using Engine.Data;
using Engine.Formats;
using Engine.Schedules;

namespace Engine.Training;

/// <summary>How a <see cref="Trainer"/> goes about it.</summary>
public sealed record TrainerOptions
{
    /// <summary>How often to go through the training data, at least 1.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Samples per step, at least 1; in evaluation samples per batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The seed of the batches' order and of the dropout masks.</summary>
    public ulong Seed { get; init; }

    /// <summary>True to visit the samples of each epoch in a new random order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>True to leave out the last batch of an epoch where it is not full.</summary>
    public bool DropLast { get; init; }

    /// <summary>The form the targets take; by default what the loss works on.</summary>
    public TargetFormat? Targets { get; init; }

    /// <summary>How the learning rate changes from the first step to the last of all epochs; null leaves it as the optimizer has it.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>Changes training batches, such as augmentation. See <see cref="BatchLoaderOptions.Transform"/>.</summary>
    public Action<Batch>? Transform { get; init; }

    /// <summary>What files of weights and checkpoints say of the network.</summary>
    public WeightsInfo Info { get; init; } = new();

    /// <summary>Says where the time of training steps goes; null to run at full speed.</summary>
    public Profiler? Profiler { get; init; }

    /// <summary>Who looks on.</summary>
    public IReadOnlyList<TrainingCallback> Callbacks { get; init; } = [];
}
