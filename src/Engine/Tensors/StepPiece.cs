namespace Engine.Tensors;

/// <summary>A piece of a step's memory, and how many still need it: who made it, and each time it was saved for the way back.</summary>
/// <remarks>
/// Views share the piece of the tensor they look at. The object is used again for other memory; a tensor knows by the
/// number of its birth whether the piece is still its own.
/// </remarks>
internal sealed class StepPiece(StepArena arena)
{
    private StepArena.Gap place;
    private int uses;
    private bool held;

    /// <summary>Which piece of the arena's it is, counted from 1; 0 while it is none.</summary>
    public long Birth { get; private set; }

    /// <summary>Where it lies.</summary>
    public MemoryBlock Memory { get; private set; }

    /// <summary>True when nobody needs it but whoever holds its tensor.</summary>
    public bool IsOnlyHeld => held && uses == 1;

    /// <summary>Counts another who needs it.</summary>
    public void Retain() => uses++;

    /// <summary>One needs it no more; after the last it goes back to the arena.</summary>
    public void Release()
    {
        if (--uses == 0)
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
        (Birth, Memory, place, uses, held) = (birth, memory, from, 1, true);

    /// <summary>Ends it.</summary>
    /// <returns>The gap that it leaves.</returns>
    public StepArena.Gap TakeBack()
    {
        (Birth, Memory) = (0, default);
        return place;
    }
}
