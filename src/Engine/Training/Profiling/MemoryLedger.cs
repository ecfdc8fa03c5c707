namespace Engine.Training;

/// <summary>Keeps the books of a step's memory without having any: what is taken, saved and given up, and the most at a time.</summary>
/// <remarks>The rules are those of <see cref="Layers.Pass"/>: a piece goes once nobody holds it and nobody has saved it.</remarks>
internal sealed class MemoryLedger
{
    // A cache line, in which every tensor begins.
    private const long Alignment = 64;

    private readonly Stack<Piece> saved = new();
    private long taken;

    /// <summary>The most bytes at a time.</summary>
    public long Peak { get; private set; }

    /// <summary>Bytes that are saved for the way back, each piece once.</summary>
    public long Saved => saved.Where(piece => piece.IsOfStep).Distinct().Sum(piece => piece.Bytes);

    /// <summary>Memory that a step makes for a tensor.</summary>
    public Piece Make(long bytes)
    {
        Piece piece = new(bytes, IsOfStep: true) { Uses = 1, IsHeld = true };
        taken += (bytes + Alignment - 1) & -Alignment;
        Peak = Math.Max(Peak, taken);
        return piece;
    }

    /// <summary>Saves a tensor for the way back.</summary>
    public void Save(Piece piece)
    {
        saved.Push(piece);
        piece.Uses++;
    }

    /// <summary>What was saved last; whoever asks for it releases it when done.</summary>
    public Piece Restore() => saved.Pop();

    /// <summary>Gives up what was saved and restored.</summary>
    public void Release(Piece piece)
    {
        if (--piece.Uses == 0 && piece.IsOfStep)
        {
            taken -= (piece.Bytes + Alignment - 1) & -Alignment;
        }
    }

    /// <summary>Gives up a tensor that nobody is going to look at.</summary>
    public void LetGo(Piece piece)
    {
        if (piece.IsHeld)
        {
            piece.IsHeld = false;
            Release(piece);
        }
    }

    /// <summary>A tensor's memory.</summary>
    /// <param name="Bytes">Its size.</param>
    /// <param name="IsOfStep">False for what was there before the step: the samples.</param>
    public sealed record Piece(long Bytes, bool IsOfStep)
    {
        /// <summary>How many need it.</summary>
        public int Uses { get; set; }

        /// <summary>Whether the one who made it, or got it from there, is among them.</summary>
        public bool IsHeld { get; set; }

        /// <summary>Whether a result may be written over it.</summary>
        public bool IsOnlyHeld => IsHeld && Uses == 1;

        /// <inheritdoc/>
        public bool Equals(Piece? other) => ReferenceEquals(this, other);

        /// <inheritdoc/>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
