namespace Engine.Backends;

/// <summary>A number per axis of an image: rows, then columns. Converts from one number for both, or from a pair.</summary>
/// <param name="Y">Along rows.</param>
/// <param name="X">Along columns.</param>
public readonly record struct Size2D(int Y, int X)
{
    /// <summary>The same along both axes.</summary>
    public static implicit operator Size2D(int both) => new(both, both);

    /// <summary>Rows, columns.</summary>
    public static implicit operator Size2D((int Y, int X) pair) => new(pair.Y, pair.X);

    /// <summary>"5" or "3×5".</summary>
    public override string ToString() => Y == X ? $"{Y}" : $"{Y}×{X}";
}
