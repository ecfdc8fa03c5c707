using System.Buffers.Binary;
using System.IO.Compression;

namespace Engine.Tests.Data;

/// <summary>
/// Writes PNG files of every kind straight from the specification, sharing no code with the reader: samples go in as
/// whole numbers, any filter, interlaced or not, the data in several chunks.
/// </summary>
internal sealed class PngBuilder(int width, int height, int color, int depth, bool interlaced)
{
    private readonly List<(string Type, byte[] Data)> before = [];

    public int Samples { get; } = color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>Adds a chunk between header and data.</summary>
    public PngBuilder With(string type, params byte[] data)
    {
        before.Add((type, data));
        return this;
    }

    /// <summary>The file.</summary>
    /// <param name="sample">The value at (row, column, sample).</param>
    /// <param name="filterOfRow">The filter of the n-th row written.</param>
    public byte[] Build(Func<int, int, int, int> sample, Func<int, int> filterOfRow)
    {
        using MemoryStream raw = new();
        int rowsWritten = 0;
        foreach ((int top, int left, int rowStep, int columnStep) in Passes())
        {
            byte[]? above = null;
            for (int y = top; y < height; y += rowStep)
            {
                byte[] line = Pack(sample, y, left, columnStep);
                if (line.Length == 0)
                {
                    break;
                }

                int filter = filterOfRow(rowsWritten++);
                raw.WriteByte((byte)filter);
                raw.Write(Filter(filter, line, above ?? new byte[line.Length]));
                above = line;
            }
        }

        return Assemble(Deflate(raw.ToArray()));
    }

    /// <summary>The file around compressed data.</summary>
    public byte[] Assemble(byte[] compressed)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)color, (byte)(interlaced ? 1 : 0));
        int half = compressed.Length / 2;
        return
        [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A,
            .. Chunk("IHDR", header),
            .. before.SelectMany(chunk => Chunk(chunk.Type, chunk.Data)),
            .. Chunk("IDAT", compressed[..half]),
            .. Chunk("IDAT", []),
            .. Chunk("IDAT", compressed[half..]),
            .. Chunk("IEND", []),
        ];
    }

    public static byte[] Deflate(byte[] raw)
    {
        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionLevel.Optimal))
        {
            zlib.Write(raw);
        }

        return compressed.ToArray();
    }

    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        for (int i = 0; i < 4; i++)
        {
            chunk[4 + i] = (byte)type[i];
        }

        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), BitwiseCrc(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    /// <summary>The check bit by bit, as the polynomial says.</summary>
    public static uint BitwiseCrc(ReadOnlySpan<byte> message)
    {
        uint remainder = 0xFFFFFFFF;
        foreach (byte b in message)
        {
            remainder ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) != 0 ? (remainder >> 1) ^ 0xEDB88320 : remainder >> 1;
            }
        }

        return ~remainder;
    }

    private (int Top, int Left, int RowStep, int ColumnStep)[] Passes() => interlaced
        ? [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        : [(0, 0, 1, 1)];

    private byte[] Pack(Func<int, int, int, int> sample, int y, int left, int columnStep)
    {
        List<bool> bits = [];
        for (int x = left; x < width; x += columnStep)
        {
            for (int k = 0; k < Samples; k++)
            {
                for (int bit = depth - 1; bit >= 0; bit--)
                {
                    bits.Add(((sample(y, x, k) >> bit) & 1) != 0);
                }
            }
        }

        byte[] line = new byte[(bits.Count + 7) / 8];
        for (int i = 0; i < bits.Count; i++)
        {
            line[i / 8] |= (byte)(bits[i] ? 0x80 >> (i % 8) : 0);
        }

        return line;
    }

    private byte[] Filter(int filter, byte[] line, byte[] above)
    {
        int distance = Math.Max(1, Samples * depth / 8);
        byte[] filtered = new byte[line.Length];
        for (int i = 0; i < line.Length; i++)
        {
            int a = i >= distance ? line[i - distance] : 0, b = above[i], c = i >= distance ? above[i - distance] : 0;
            int p = a + b - c, pa = Math.Abs(p - a), pb = Math.Abs(p - b), pc = Math.Abs(p - c);
            int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
            int guess = filter == 0 ? 0 : filter == 1 ? a : filter == 2 ? b : filter == 3 ? (a + b) >> 1 : paeth;
            filtered[i] = (byte)(line[i] - guess);
        }

        return filtered;
    }
}
