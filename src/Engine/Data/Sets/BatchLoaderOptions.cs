using Engine.Tensors;

namespace Engine.Data;

/// <summary>How a <see cref="BatchLoader"/> cuts a data set into batches.</summary>
public sealed record BatchLoaderOptions
{
    /// <summary>Samples per batch, at least 1.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>True to visit the samples of every epoch in a new random order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>The seed of the orders. Epoch e is shuffled by <c>Philox(Seed, stream: e)</c>.</summary>
    public ulong Seed { get; init; }

    /// <summary>True to leave out the last batch of an epoch where it is not full.</summary>
    public bool DropLast { get; init; }

    /// <summary>The type of the inputs, and of targets that are not labels.</summary>
    public DType DType { get; init; } = DType.Float32;

    /// <summary>The form of the targets.</summary>
    public TargetFormat Targets { get; init; } = TargetFormat.AsStored;

    /// <summary>The epoch to begin with, from 0.</summary>
    public int StartEpoch { get; init; }

    /// <summary>The step of that epoch to begin with, from 0: what a resumed run has already done.</summary>
    public int StartStep { get; init; }

    /// <summary>The epoch to stop before; null to go on for ever.</summary>
    public int? EndEpoch { get; init; }

    /// <summary>True to prepare batches on a thread of their own while the caller computes.</summary>
    public bool Background { get; init; } = true;

    /// <summary>How many batches may lie ready, at least 1.</summary>
    public int QueueLength { get; init; } = 3;

    /// <summary>
    /// Changes a batch after it is filled, such as augmentation; runs on the loader's thread. To be reproducible it may
    /// depend on the batch (its epoch, its step, its values) and on nothing else.
    /// </summary>
    public Action<Batch>? Transform { get; init; }
}
