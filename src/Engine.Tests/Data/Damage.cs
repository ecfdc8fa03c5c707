using Engine.Data;

namespace Engine.Tests.Data;

/// <summary>Ways of damaging a file, and what a reader owes to each of them.</summary>
internal static class Damage
{
    /// <summary>The file cut at every length below its own.</summary>
    public static IEnumerable<byte[]> Cuts(byte[] file)
    {
        for (int length = 0; length < file.Length; length++)
        {
            yield return file[..length];
        }
    }

    /// <summary>The file with one bit flipped, for every bit.</summary>
    public static IEnumerable<byte[]> Flips(byte[] file)
    {
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            byte[] flipped = (byte[])file.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return flipped;
        }
    }

    /// <summary>The file with a few bytes replaced at random, as often as wanted.</summary>
    public static IEnumerable<byte[]> Scribbles(byte[] file, ulong seed, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Philox random = new(seed, (ulong)i);
            byte[] scribbled = (byte[])file.Clone();
            for (int k = random.NextInt(6); k >= 0; k--)
            {
                // Extreme bytes make extreme sizes.
                int kind = random.NextInt(3);
                scribbled[random.NextInt(file.Length)] = kind == 0 ? (byte)0 : kind == 1 ? (byte)255 : (byte)random.NextUInt32();
            }

            yield return scribbled;
        }
    }

    /// <summary>
    /// Reads a damaged file: either it can be read all the same, or <see cref="InvalidFileException"/> names the file; no
    /// other exception, and no more memory than <paramref name="mostBytes"/>.
    /// </summary>
    /// <returns>What was read, or null where the file was refused.</returns>
    public static T? ReadOrRefuse<T>(byte[] file, Func<byte[], string, T> read, long mostBytes, string seed = "")
        where T : class
    {
        const string Name = "damaged.file";
        long before = GC.GetAllocatedBytesForCurrentThread();
        T? result = null;
        try
        {
            result = read(file, Name);
        }
        catch (InvalidFileException refusal)
        {
            Assert.That(refusal.Message, Does.StartWith($"{Name}: byte {refusal.Offset}: "), seed);
            Assert.That(refusal.Offset, Is.InRange(0, file.Length), $"{refusal.Message} {seed}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.LessThan(mostBytes), $"memory taken for {Convert.ToHexString(file)} {seed}");
        return result;
    }
}
