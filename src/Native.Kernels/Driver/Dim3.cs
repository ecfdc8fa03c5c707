namespace Native.Kernels.Driver;

/// <summary>The extent of a grid, in blocks, or of a block, in threads.</summary>
/// <param name="X">Along x, the axis on which neighbours are neighbours in memory.</param>
/// <param name="Y">Along y.</param>
/// <param name="Z">Along z.</param>
public readonly record struct Dim3(uint X, uint Y = 1, uint Z = 1)
{
    /// <summary>How many there are in all.</summary>
    public ulong Count => (ulong)X * Y * Z;

    /// <summary>Along x only.</summary>
    public static implicit operator Dim3(uint x) => new(x);

    /// <summary>Along x only.</summary>
    public static implicit operator Dim3(int x) => new((uint)x);

    /// <summary>Along x only.</summary>
    public static Dim3 FromUInt32(uint x) => new(x);

    /// <summary>Along x only.</summary>
    public static Dim3 FromInt32(int x) => new((uint)x);

    /// <summary>"(4, 2, 1)".</summary>
    public override string ToString() => $"({X}, {Y}, {Z})";
}
