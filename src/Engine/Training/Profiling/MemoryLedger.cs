namespace Engine.Training;

/// <summary>Keeps the books of a step's memory without having any: what is taken, saved and given up, and the most at a time.</summary>
/// <remarks>
/// The rules are those of <see cref="Layers.Pass"/>: a piece goes once nobody holds it and nobody has saved it; and where it
/// can be worked out again, from the time when nobody but the way back needs it until that does.
/// </remarks>
internal sealed class MemoryLedger
{
    // A cache line, in which every tensor begins.
    private const long Alignment = 64;

    private readonly List<Piece> saved = [];
    private long taken;

    /// <summary>The most bytes at a time.</summary>
    public long Peak { get; private set; }

    /// <summary>Bytes that are saved for the way back, each piece once.</summary>
    public long Saved => saved.Where(piece => piece.IsOfStep && !piece.IsForgotten).Distinct().Sum(piece => piece.Bytes);

    /// <summary>How many times something is saved.</summary>
    public int SavedCount => saved.Count;

    /// <summary>Memory that a step makes for a tensor.</summary>
    public Piece Make(long bytes)
    {
        Piece piece = new(bytes, IsOfStep: true) { Uses = 1, IsHeld = true };
        Take(piece);
        return piece;
    }

    /// <summary>Saves a tensor for the way back.</summary>
    public void Save(Piece piece)
    {
        saved.Add(piece);
        piece.Uses++;
    }

    /// <summary>What was saved last; whoever asks for it releases it when done.</summary>
    public Piece Restore()
    {
        Piece piece = saved[^1];
        Remember(piece);
        saved.RemoveAt(saved.Count - 1);
        return piece;
    }

    /// <summary>Forgets a piece, if nobody but the way back needs it, until it is restored.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="source">What it is worked out from: which of the saved.</param>
    public void Forget(Piece piece, Range source)
    {
        if (piece is { IsAsMade: true, IsHeld: false, Uses: > 0 })
        {
            piece.Source = source;
            Return(piece);
        }
    }

    /// <summary>Gives up what was saved and restored.</summary>
    public void Release(Piece piece)
    {
        if (--piece.Uses == 0 && piece.IsOfStep)
        {
            Return(piece);
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

    private void Remember(Piece piece)
    {
        if (piece.Source is { } source)
        {
            piece.Source = null;
            foreach (Piece origin in saved[source])
            {
                Remember(origin);
            }
            Take(piece);
        }
    }

    private void Take(Piece piece)
    {
        taken += (piece.Bytes + Alignment - 1) & -Alignment;
        Peak = Math.Max(Peak, taken);
    }

    private void Return(Piece piece) => taken -= (piece.Bytes + Alignment - 1) & -Alignment;

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

        /// <summary>Whether it holds what its maker has left there, and all who have saved it look at it as that.</summary>
        public bool IsAsMade { get; set; } = true;

        /// <summary>While it is forgotten, which of the saved it is worked out from.</summary>
        public Range? Source { get; set; }

        /// <summary>Whether it takes no memory now.</summary>
        public bool IsForgotten => Source is not null;

        /// <inheritdoc/>
        public bool Equals(Piece? other) => ReferenceEquals(this, other);

        /// <inheritdoc/>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
