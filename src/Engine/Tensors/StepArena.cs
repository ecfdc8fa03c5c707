namespace Engine.Tensors;

/// <summary>
/// A stack of memory for the tensors of one training step: handed out front to back, taken back all at once.
/// </summary>
/// <remarks>
/// A step that does what the step before it did gets the same addresses again, allocates nothing, and finds its
/// buffers still in the cache (Hanson, "Fast allocation and deallocation of memory based on object lifetimes", 1990).
/// </remarks>
internal sealed class StepArena(DeviceMemory memory)
{
    private const long SmallestBlock = 1 << 20;
    private const long Alignment = HostMemory.Alignment;

    private readonly List<MemoryBlock> blocks = [];
    private readonly List<long> openScopes = [];
    private int block;
    private long used;
    private long handedOut;
    private long lastScope;
    private int outside;

    /// <summary>True while tensors of this thread are to come from the arena.</summary>
    public bool IsOpen => openScopes.Count > 0 && outside == 0;

    /// <summary>The innermost open scope.</summary>
    public long Scope => openScopes[^1];

    /// <summary>The most bytes that were handed out at a time since the arena was made or <see cref="ResetPeak"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Begins to look for the peak anew.</summary>
    public void ResetPeak() => PeakBytes = handedOut;

    public StepScope Begin()
    {
        openScopes.Add(++lastScope);
        return new StepScope(this, lastScope, block, used, handedOut);
    }

    /// <summary>Closes a scope and every scope opened inside it.</summary>
    public void End(long scope, int firstBlock, long firstUsed, long firstHandedOut)
    {
        int depth = openScopes.IndexOf(scope);
        if (depth < 0)
        {
            return;
        }

        openScopes.RemoveRange(depth, openScopes.Count - depth);
        block = firstBlock;
        used = firstUsed;
        handedOut = firstHandedOut;
    }

    public void Leave() => outside++;

    public void Return() => outside--;

    /// <summary>True while the scope that a tensor was made in is still open.</summary>
    public bool Holds(long scope)
    {
        for (int i = openScopes.Count - 1; i >= 0; i--)
        {
            if (openScopes[i] == scope)
            {
                return true;
            }
        }

        return false;
    }

    public MemoryBlock Allocate(long bytes)
    {
        while (block < blocks.Count && used + bytes > blocks[block].Bytes)
        {
            block++;
            used = 0;
        }

        if (block == blocks.Count)
        {
            long total = 0;
            foreach (MemoryBlock b in blocks)
            {
                total += b.Bytes;
            }

            // Doubling: after the first step a handful of blocks hold everything.
            blocks.Add(memory.Allocate(Math.Max(bytes, Math.Min(Math.Max(SmallestBlock, total), 1L << 30))));
        }

        MemoryBlock whole = blocks[block];
        MemoryBlock piece = whole with { Offset = whole.Offset + used, Bytes = bytes };
        long taken = (bytes + Alignment - 1) & -Alignment;
        used += taken;
        handedOut += taken;
        PeakBytes = Math.Max(PeakBytes, handedOut);
        return piece;
    }
}
