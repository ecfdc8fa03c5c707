using System.Buffers.Binary;
using System.IO.Compression;

namespace Engine.Data;

/// <summary>Reads a gzip file of one member (RFC 1952) without trusting it.</summary>
/// <remarks>
/// The framework's decoder does not look beyond the end of the compressed data, so this one compares the trailer — the
/// last eight bytes: check and size — itself: that catches a cut trailer and bytes appended after it.
/// </remarks>
internal static class GzipFile
{
    /// <summary>Deflate shrinks to no less than 1/1032: one bit for the length, one for the distance, 258 bytes.</summary>
    public const int HighestRatio = 1032;

    private const int HeaderBytes = 10;
    private const int TrailerBytes = 8;

    /// <summary>True when the bytes begin as gzip does.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> file) => file.Length >= 2 && file[0] == 0x1F && file[1] == 0x8B;

    /// <summary>Decompresses a file whose content tells its own size.</summary>
    /// <param name="file">The compressed bytes.</param>
    /// <param name="fileName">For messages.</param>
    /// <param name="prefixBytes">How many bytes of content <paramref name="sizeOf"/> wants to see.</param>
    /// <param name="sizeOf">The size of the whole content, from its first bytes (fewer, where the content is shorter).</param>
    /// <exception cref="InvalidFileException">The content is damaged, or not of the size that it tells.</exception>
    public static byte[] Read(byte[] file, string fileName, int prefixBytes, Func<ReadOnlySpan<byte>, long> sizeOf)
    {
        if (file.Length < HeaderBytes + TrailerBytes)
        {
            throw new InvalidFileException(fileName, file.Length, "a gzip file has at least 18 bytes, this one ends here");
        }

        try
        {
            using GZipStream gzip = new(new MemoryStream(file), CompressionMode.Decompress);
            byte[] prefix = new byte[prefixBytes];
            int prefixLength = gzip.ReadAtLeast(prefix, prefixBytes, throwOnEndOfStream: false);
            long size = sizeOf(prefix.AsSpan(0, prefixLength));
            if (size > (long)file.Length * HighestRatio)
            {
                throw new InvalidFileException(
                    fileName, 0, $"the header promises {size} bytes, which {file.Length} bytes of gzip cannot hold");
            }

            byte[] content = new byte[size];
            prefix.AsSpan(0, (int)Math.Min(prefixLength, size)).CopyTo(content);
            int read = prefixLength > size
                ? prefixLength
                : prefixLength + gzip.ReadAtLeast(content.AsSpan(prefixLength), (int)size - prefixLength, throwOnEndOfStream: false);
            if (read < size)
            {
                throw new InvalidFileException(
                    fileName, file.Length, $"the header promises {size} bytes, the decompressed content ends after {read}");
            }

            if (read > size || gzip.ReadByte() >= 0)
            {
                throw new InvalidFileException(
                    fileName, file.Length, $"the header promises {size} bytes, the decompressed content goes on after them");
            }

            CheckTrailer(file, fileName, content);
            return content;
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidFileException(fileName, 0, $"the gzip data is damaged ({problem.Message.TrimEnd('.')})", problem);
        }
    }

    private static void CheckTrailer(byte[] file, string fileName, byte[] content)
    {
        ReadOnlySpan<byte> trailer = file.AsSpan(file.Length - TrailerBytes);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        uint expected = Crc32.Of(content);
        if (crc != expected || size != (uint)content.Length)
        {
            throw new InvalidFileException(
                fileName,
                file.Length - TrailerBytes,
                $"the gzip trailer says check {crc:x8} and {size} bytes, the content has {expected:x8} and {content.Length}");
        }
    }
}
