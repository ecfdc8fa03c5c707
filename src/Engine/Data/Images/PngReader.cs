using System.IO.Compression;

namespace Engine.Data;

/// <summary>Reads PNG pictures: every colour type and bit depth, interlaced or not (ISO/IEC 15948).</summary>
/// <remarks>
/// 16-bit samples lose their low byte; fewer than 8 bits are stretched to 0 … 255; a palette becomes RGB, with opacity
/// where the file has a tRNS chunk. Gamma and colour profiles are not applied. Checks of all chunks are verified, and no
/// size is believed before it has been compared with the file: a picture takes no more memory than its header's pixels.
/// </remarks>
public static class PngReader
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>True when the bytes begin as PNG does.</summary>
    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>Reads a PNG file in memory: 1, 2, 3 or 4 channels, as the file has.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="InvalidFileException">It is no PNG file, is damaged, or too large.</exception>
    public static Image Parse(byte[] file, string fileName)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!IsPng(file))
        {
            throw new InvalidFileException(fileName, 0, "a PNG file begins with 89 50 4e 47 0d 0a 1a 0a, this one does not");
        }

        PngChunks chunks = PngChunks.Parse(file, fileName, Signature.Length);
        byte[] rows = Inflate(chunks, fileName);
        PngPixels pixels = new(chunks, fileName);
        int at = 0;
        foreach (PngPass pass in PngPass.Of(chunks.Header))
        {
            at = Unfilter(chunks, rows, at, pass, pixels, fileName);
        }

        return pixels.Image;
    }

    // All rows of all passes, each with its filter byte in front.
    private static byte[] Inflate(PngChunks chunks, string fileName)
    {
        long size = 0;
        foreach (PngPass pass in PngPass.Of(chunks.Header))
        {
            size += (1L + chunks.Header.RowBytes(pass.Columns)) * pass.Rows;
        }

        long compressed = chunks.Data.Length;
        if (size > (compressed + 1) * GzipFile.HighestRatio)
        {
            throw new InvalidFileException(
                fileName, chunks.DataOffset, $"the picture needs {size} bytes, which {compressed} bytes of compressed data cannot hold");
        }

        chunks.Data.Position = 0;
        byte[] rows = new byte[size];
        try
        {
            using ZLibStream inflate = new(chunks.Data, CompressionMode.Decompress);
            int read = inflate.ReadAtLeast(rows, rows.Length, throwOnEndOfStream: false);
            if (read < size)
            {
                throw new InvalidFileException(fileName, chunks.DataOffset, $"the picture needs {size} bytes, the compressed data ends after {read}");
            }

            if (inflate.ReadByte() >= 0)
            {
                throw new InvalidFileException(fileName, chunks.DataOffset, $"the picture needs {size} bytes, the compressed data goes on after them");
            }
        }
        catch (InvalidDataException problem)
        {
            throw new InvalidFileException(fileName, chunks.DataOffset, $"the compressed data is damaged ({problem.Message.TrimEnd('.')})", problem);
        }

        return rows;
    }

    private static int Unfilter(PngChunks chunks, byte[] rows, int at, PngPass pass, PngPixels pixels, string fileName)
    {
        int length = chunks.Header.RowBytes(pass.Columns);
        int pixelBytes = Math.Max(1, chunks.Header.Samples * chunks.Header.Depth / 8);
        Span<byte> above = new byte[length];
        for (int row = 0; row < pass.Rows; row++)
        {
            int filter = rows[at];
            if (filter >= PngFilter.Count)
            {
                throw new InvalidFileException(fileName, chunks.DataOffset, $"row {row} has filter {filter}, PNG knows 0 to 4");
            }

            Span<byte> line = rows.AsSpan(at + 1, length);
            PngFilter.Undo(filter, line, above, pixelBytes);
            pixels.PutRow(line, pass, row);
            above = line;
            at += 1 + length;
        }

        return at;
    }
}
