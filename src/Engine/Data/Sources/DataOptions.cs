namespace Engine.Data;

/// <summary>Where to look for a data set, and how much of it to take.</summary>
public sealed record DataOptions
{
    /// <summary>A folder the user named (<c>--data</c>): looked in first, and alone.</summary>
    public string? Directory { get; init; }

    /// <summary>True to download what is found nowhere.</summary>
    public bool AllowDownload { get; init; } = true;

    /// <summary>The seed of generated sets.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>At most this many training samples (of a generated set: exactly); null for the set's own number.</summary>
    public int? TrainCount { get; init; }

    /// <summary>At most this many test samples (of a generated set: exactly); null for the set's own number.</summary>
    public int? TestCount { get; init; }

    /// <summary>Told how a download gets on; called from a thread of the pool.</summary>
    public Action<DownloadProgress>? Progress { get; init; }
}
