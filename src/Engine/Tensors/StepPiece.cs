namespace Engine.Tensors;

/// <summary>A piece of a step's memory, and how many still need it: who made it, and each time it was saved for the way back.</summary>
/// <remarks>
/// Views share the piece of the tensor they look at. The object is used again for other memory; a tensor knows by the
/// number of its birth whether the piece is still its own.
/// </remarks>
internal sealed class StepPiece(StepArena arena)
{
    private StepArena.Gap place;
    private bool held;

    /// <summary>Which piece of the arena's it is, counted from 1; 0 while it is none.</summary>
    public long Birth { get; private set; }

    /// <summary>Where it lies.</summary>
    public MemoryBlock Memory { get; private set; }

    /// <summary>How many need it.</summary>
    public int Uses { get; private set; }

    /// <summary>True when nobody needs it but whoever holds its tensor.</summary>
    public bool IsOnlyHeld => held && Uses == 1;

    /// <summary>False once another result was written over what its maker has left there.</summary>
    public bool IsAsMade { get; private set; }

    /// <summary>Counts another who needs it.</summary>
    public void Retain() => Uses++;

    /// <summary>Another result takes the place of what its maker has left there.</summary>
    public void WriteOver() => IsAsMade = false;

    /// <summary>One needs it no more; after the last it goes back to the arena.</summary>
    public void Release()
    {
        if (--Uses == 0)
        {
            arena.Free(this);
        }
    }

    /// <summary>Its maker, or who has taken it over from there, needs it no more. Once is enough.</summary>
    public void LetGo()
    {
        if (held)
        {
            held = false;
            Release();
        }
    }

    /// <summary>Begins a life.</summary>
    public void HandOut(long birth, in MemoryBlock memory, in StepArena.Gap from) =>
        (Birth, Memory, place, Uses, held, IsAsMade) = (birth, memory, from, 1, true, true);

    /// <summary>Ends it.</summary>
    /// <returns>The gap that it leaves.</returns>
    public StepArena.Gap TakeBack()
    {
        (Birth, Memory) = (0, default);
        return place;
    }
}
