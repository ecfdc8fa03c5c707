namespace Engine.Tensors;

/// <summary>
/// Philox-4×32-10: a counter-based random number generator. Number <c>i</c> of a stream is a function of the seed, the
/// stream and <c>i</c> alone, so a mask can be drawn again, in any order, on any number of threads, on any device.
/// </summary>
/// <remarks>
/// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11. The key is
/// the 64-bit seed; the 128-bit counter holds the block number in its low half and the stream in its high half. One
/// block gives four 32-bit numbers.
/// </remarks>
public sealed class Philox
{
    private readonly uint[] buffer = new uint[4];

    // Which block the buffer holds, plus one; 0 for none.
    private ulong bufferedBlock;

    /// <summary>A generator at the beginning of a stream.</summary>
    /// <param name="seed">Reproduces everything.</param>
    /// <param name="stream">Streams of one seed are independent of each other.</param>
    public Philox(ulong seed, ulong stream = 0)
    {
        Seed = seed;
        Stream = stream;
    }

    /// <summary>The seed: the key of the cipher.</summary>
    public ulong Seed { get; }

    /// <summary>The stream: the high half of the counter.</summary>
    public ulong Stream { get; }

    /// <summary>How many 32-bit numbers of this stream have been drawn. Set it to continue from there.</summary>
    public ulong Position { get; set; }

    /// <summary>One block: four 32-bit numbers out of a counter and a key.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block(ulong counterLow, ulong counterHigh, ulong key)
    {
        const ulong M0 = 0xD2511F53, M1 = 0xCD9E8D57;
        const uint W0 = 0x9E3779B9, W1 = 0xBB67AE85;
        uint c0 = (uint)counterLow, c1 = (uint)(counterLow >> 32), c2 = (uint)counterHigh, c3 = (uint)(counterHigh >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = M0 * c0, p1 = M1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += W0;
            k1 += W1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        int lane = (int)(Position & 3);
        if (lane == 0 || bufferedBlock != (Position >> 2) + 1)
        {
            ulong block = Position >> 2;
            (buffer[0], buffer[1], buffer[2], buffer[3]) = Block(block, Stream, Seed);
            bufferedBlock = block + 1;
        }

        Position++;
        return buffer[lane];
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64() => NextUInt32() | ((ulong)NextUInt32() << 32);

    /// <summary>Uniform on [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform on [low, high).</summary>
    public double NextDouble(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Uniform on the whole numbers 0 … bound − 1, without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is below 1.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);

        // Lemire, "Fast random integer generation in an interval", 2019.
        ulong product = (ulong)NextUInt32() * (uint)bound;
        if ((uint)product < (uint)bound)
        {
            uint threshold = unchecked((uint)-bound) % (uint)bound;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * (uint)bound;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Normal with mean 0 and deviation 1 (Box and Muller, 1958; the second value of the pair is not used).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Puts the items in random order, each order equally likely (Fisher and Yates, 1938).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>The order in which to visit <paramref name="count"/> things: a random permutation of 0 … count − 1.</summary>
    public int[] Permutation(int count)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        Shuffle<int>(order);
        return order;
    }
}
