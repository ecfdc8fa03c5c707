namespace Engine.Tensors;

/// <summary>Memory for the tensors of one training step: handed out piece by piece, taken back piece by piece, and at the end whatever is left.</summary>
/// <remarks>
/// A piece goes to the first gap that it fits into, in order of address (Knuth, "The Art of Computer Programming", volume 1,
/// section 2.5, "first fit"). Where a gap is found depends only on what was taken and given back before, and memory added
/// later comes last; so a step that does what the step before it did gets the same addresses, from the second step on
/// allocates nothing, and finds its buffers still in the cache.
/// </remarks>
internal sealed class StepArena(DeviceMemory memory)
{
    private const long SmallestBlock = 1 << 20;
    private const long LargestBlock = 1 << 30;
    private const long Alignment = HostMemory.Alignment;

    private readonly List<MemoryBlock> blocks = [];
    private readonly List<Gap> gaps = [];
    private readonly List<StepPiece> live = [];
    private readonly Stack<StepPiece> spare = new();
    private readonly List<OpenScope> openScopes = [];
    private long handedOut;
    private long lastScope;
    private long lastBirth;
    private int outside;

    /// <summary>True while tensors of this thread are to come from the arena.</summary>
    public bool IsOpen => openScopes.Count > 0 && outside == 0;

    /// <summary>The innermost open scope.</summary>
    public long Scope => openScopes[^1].Id;

    /// <summary>The number of the piece handed out last; pieces are numbered in the order in which they are handed out.</summary>
    public long LastBirth => lastBirth;

    /// <summary>The most bytes that were handed out at a time since the arena was made or <see cref="ResetPeak"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Begins to look for the peak anew.</summary>
    public void ResetPeak() => PeakBytes = handedOut;

    public StepScope Begin()
    {
        openScopes.Add(new OpenScope(++lastScope, lastBirth));
        return new StepScope(this, lastScope);
    }

    /// <summary>Closes a scope and every scope opened inside it.</summary>
    public void End(long scope)
    {
        int depth = DepthOf(scope);
        if (depth < 0)
        {
            return;
        }

        long before = openScopes[depth].Before;
        openScopes.RemoveRange(depth, openScopes.Count - depth);
        while (live.Count > 0 && live[^1].Birth > before)
        {
            Free(live[^1]);
        }
    }

    public void Leave() => outside++;

    public void Return() => outside--;

    /// <summary>True while the scope that a tensor was made in is still open.</summary>
    public bool Holds(long scope) => DepthOf(scope) >= 0;

    public StepPiece Allocate(long bytes)
    {
        long taken = Math.Max(Alignment, (bytes + Alignment - 1) & -Alignment);
        int found = 0;
        while (found < gaps.Count && gaps[found].Bytes < taken)
        {
            found++;
        }

        if (found == gaps.Count)
        {
            Grow(taken);
        }

        Gap gap = gaps[found];
        if (gap.Bytes == taken)
        {
            gaps.RemoveAt(found);
        }
        else
        {
            gaps[found] = gap with { Offset = gap.Offset + taken, Bytes = gap.Bytes - taken };
        }

        handedOut += taken;
        PeakBytes = Math.Max(PeakBytes, handedOut);
        MemoryBlock block = blocks[gap.Block];
        StepPiece piece = spare.Count > 0 ? spare.Pop() : new StepPiece(this);
        piece.HandOut(++lastBirth, block with { Offset = block.Offset + gap.Offset, Bytes = bytes }, gap with { Bytes = taken });
        live.Add(piece);
        return piece;
    }

    /// <summary>Gives up what its maker holds of every piece younger than <paramref name="birth"/>, but for one.</summary>
    public void LetGoAfter(long birth, StepPiece? kept)
    {
        for (int i = live.Count - 1; i >= 0 && live[i].Birth > birth; i--)
        {
            if (live[i] != kept)
            {
                live[i].LetGo();
            }
        }
    }

    /// <summary>Takes a piece back.</summary>
    public void Free(StepPiece piece)
    {
        // Pieces are in the order of their birth, and most that go are young.
        int place = live.Count - 1;
        while (live[place] != piece)
        {
            place--;
        }

        live.RemoveAt(place);
        Gap gap = piece.TakeBack();
        spare.Push(piece);
        handedOut -= gap.Bytes;
        int next = gaps.BinarySearch(gap);
        next = ~next;
        if (next < gaps.Count && gaps[next].Block == gap.Block && gaps[next].Offset == gap.Offset + gap.Bytes)
        {
            gap = gap with { Bytes = gap.Bytes + gaps[next].Bytes };
            gaps.RemoveAt(next);
        }

        if (next > 0 && gaps[next - 1].Block == gap.Block && gaps[next - 1].Offset + gaps[next - 1].Bytes == gap.Offset)
        {
            gaps[next - 1] = gaps[next - 1] with { Bytes = gaps[next - 1].Bytes + gap.Bytes };
        }
        else
        {
            gaps.Insert(next, gap);
        }
    }

    private int DepthOf(long scope)
    {
        for (int i = openScopes.Count - 1; i >= 0; i--)
        {
            if (openScopes[i].Id == scope)
            {
                return i;
            }
        }

        return -1;
    }

    // Doubling: after the first step a handful of blocks hold everything. The system gives memory page by page, once it is
    // written to, so the end of the last block costs nothing.
    private void Grow(long bytes)
    {
        long total = 0;
        foreach (MemoryBlock block in blocks)
        {
            total += block.Bytes;
        }

        long size = Math.Max(bytes, Math.Min(Math.Max(SmallestBlock, total), LargestBlock));
        blocks.Add(memory.Allocate(size));
        gaps.Add(new Gap(blocks.Count - 1, 0, size & -Alignment));
    }

    /// <summary>Memory of the arena that nobody has.</summary>
    /// <param name="Block">In which block it lies.</param>
    /// <param name="Offset">Where in the block.</param>
    /// <param name="Bytes">How much.</param>
    internal readonly record struct Gap(int Block, long Offset, long Bytes) : IComparable<Gap>
    {
        /// <summary>By address.</summary>
        public int CompareTo(Gap other) => Block == other.Block ? Offset.CompareTo(other.Offset) : Block.CompareTo(other.Block);
    }

    // Before: the last piece handed out before the scope was opened.
    private readonly record struct OpenScope(long Id, long Before);
}
