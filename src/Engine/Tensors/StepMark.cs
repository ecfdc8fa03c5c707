namespace Engine.Tensors;

/// <summary>A moment in a step: what was made before belongs to others, what is made after it to whoever took the mark.</summary>
public readonly record struct StepMark
{
    private readonly StepArena arena;
    private readonly long lastBirth;

    private StepMark(StepArena arena) => (this.arena, lastBirth) = (arena, arena.LastBirth);

    /// <summary>Now, on a device.</summary>
    public static StepMark Now(Device device) => new(DeviceMemory.Of(device).Arena);

    /// <summary>True for a tensor of the step that was made after the mark and not yet given back.</summary>
    internal bool Precedes(Tensor tensor) => tensor.Piece is { } piece && piece.Birth > lastBirth;

    /// <summary>Gives up everything made after the mark but one tensor.</summary>
    internal void LetGo(Tensor kept) => arena.LetGoAfter(lastBirth, kept.Piece);
}
