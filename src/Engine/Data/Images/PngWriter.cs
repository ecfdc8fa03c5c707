using System.Buffers.Binary;
using System.IO.Compression;

namespace Engine.Data;

/// <summary>Writes grey and RGB pictures as PNG, 8 bits a channel.</summary>
public static class PngWriter
{
    /// <summary>A PNG file of a picture of 1 or 3 channels.</summary>
    /// <exception cref="ArgumentException">The picture has another number of channels.</exception>
    public static byte[] ToBytes(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels is not (1 or 3))
        {
            throw new ArgumentException($"PNG files are written of 1 (grey) or 3 (RGB) channels, this picture has {image.Channels}.");
        }

        byte[] header = new byte[PngHeader.Bytes];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = 8;
        header[9] = (byte)(image.Channels == 1 ? PngColor.Grey : PngColor.Rgb);

        using MemoryStream file = new();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(image));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compress(Image image)
    {
        int length = image.Width * image.Channels;
        byte[] line = new byte[length], above = new byte[length], filtered = new byte[1 + length];
        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int row = 0; row < image.Height; row++)
            {
                for (int i = 0; i < length; i++)
                {
                    line[i] = image[i % image.Channels, row, i / image.Channels];
                }

                Filter(line, above, image.Channels, filtered);
                zlib.Write(filtered);
                (line, above) = (above, line);
            }
        }

        return compressed.ToArray();
    }

    // The filter whose differences are smallest in sum, taken as signed bytes: the rule of thumb of the PNG
    // specification (12.7) for what compresses best.
    private static void Filter(ReadOnlySpan<byte> line, ReadOnlySpan<byte> above, int pixelBytes, Span<byte> filtered)
    {
        int best = 0;
        long least = long.MaxValue;
        for (int filter = 0; filter < PngFilter.Count; filter++)
        {
            long sum = 0;
            for (int i = 0; i < line.Length; i++)
            {
                sum += Math.Abs((int)(sbyte)Difference(filter, line, above, pixelBytes, i));
            }

            if (sum < least)
            {
                (best, least) = (filter, sum);
            }
        }

        filtered[0] = (byte)best;
        for (int i = 0; i < line.Length; i++)
        {
            filtered[1 + i] = Difference(best, line, above, pixelBytes, i);
        }
    }

    private static byte Difference(int filter, ReadOnlySpan<byte> line, ReadOnlySpan<byte> above, int pixelBytes, int i) =>
        i < pixelBytes
            ? (byte)(line[i] - PngFilter.Guess(filter, 0, above[i], 0))
            : (byte)(line[i] - PngFilter.Guess(filter, line[i - pixelBytes], above[i], above[i - pixelBytes]));

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Append(Crc32.Of(type), data));
        file.Write(number);
    }
}
