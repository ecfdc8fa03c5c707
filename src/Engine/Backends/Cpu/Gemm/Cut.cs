namespace Engine.Backends.Cpu.Gemm;

/// <summary>
/// A length cut into the fewest parts of at most a given size, all as equal as they can be: 10 in parts of at most 8
/// is 5 + 5, not 8 + 2, for a part far below its size wastes the kernel made for it.
/// </summary>
internal readonly struct Cut
{
    private readonly int length;

    /// <summary>Cuts a length.</summary>
    public Cut(int length, int largest)
    {
        this.length = length;
        Parts = (length + largest - 1) / largest;
    }

    /// <summary>How many parts.</summary>
    public int Parts { get; }

    /// <summary>The length of the longest part.</summary>
    public int LargestPart => Parts == 0 ? 0 : (length + Parts - 1) / Parts;

    /// <summary>Where a part begins; that of part number <see cref="Parts"/> is the length.</summary>
    public int Start(int part) => (int)((long)part * length / Parts);
}
