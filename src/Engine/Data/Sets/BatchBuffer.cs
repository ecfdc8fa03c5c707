namespace Engine.Data;

/// <summary>Room for one batch: a full one, and the last of an epoch where that is smaller.</summary>
internal sealed class BatchBuffer(Batch full, Batch? tail)
{
    /// <summary>The batch that holds <paramref name="count"/> samples.</summary>
    public Batch Choose(int count) => count == full.Count ? full : tail!;
}
