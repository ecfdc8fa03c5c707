using System.Buffers.Binary;

namespace Engine.Data;

/// <summary>Turns the samples of a PNG file into a picture.</summary>
internal sealed class PngPixels
{
    private readonly PngChunks chunks;
    private readonly PngHeader header;
    private readonly string fileName;

    // The transparent colour of a picture without a channel for opacity, one sample for each channel.
    private readonly int[]? transparent;

    public PngPixels(PngChunks chunks, string fileName)
    {
        (this.chunks, header, this.fileName) = (chunks, chunks.Header, fileName);
        int channels = header.Color == PngColor.Palette ? 3 : header.Samples;
        bool keyed = header.Color is PngColor.Grey or PngColor.Rgb && chunks.Transparency.Length > 0;
        if (keyed)
        {
            transparent = ReadTransparentColor();
        }

        bool opacity = keyed || (header.Color == PngColor.Palette && chunks.Transparency.Length > 0);
        Image = new Image(opacity ? channels + 1 : channels, header.Height, header.Width);
    }

    /// <summary>The picture.</summary>
    public Image Image { get; }

    /// <summary>Puts a row of a pass, filters undone, into the picture.</summary>
    public void PutRow(ReadOnlySpan<byte> line, PngPass pass, int row)
    {
        int y = pass.Top + (row * pass.RowStep);
        Span<int> samples = stackalloc int[4];
        for (int column = 0; column < pass.Columns; column++)
        {
            for (int k = 0; k < header.Samples; k++)
            {
                samples[k] = Sample(line, (column * header.Samples) + k);
            }

            PutPixel(y, pass.Left + (column * pass.ColumnStep), samples[..header.Samples]);
        }
    }

    private void PutPixel(int y, int x, ReadOnlySpan<int> samples)
    {
        if (header.Color == PngColor.Palette)
        {
            PutPaletteColor(y, x, samples[0]);
            return;
        }

        for (int k = 0; k < samples.Length; k++)
        {
            Image[k, y, x] = ToByte(samples[k]);
        }

        if (transparent is not null)
        {
            Image[samples.Length, y, x] = samples.SequenceEqual(transparent) ? (byte)0 : (byte)255;
        }
    }

    private void PutPaletteColor(int y, int x, int index)
    {
        if (3 * index >= chunks.Palette.Length)
        {
            throw new InvalidFileException(
                fileName, chunks.DataOffset, $"pixel ({x}, {y}) has colour {index} of a palette of {chunks.Palette.Length / 3}");
        }

        for (int k = 0; k < 3; k++)
        {
            Image[k, y, x] = chunks.Palette[(3 * index) + k];
        }

        if (Image.Channels == 4)
        {
            Image[3, y, x] = index < chunks.Transparency.Length ? chunks.Transparency[index] : (byte)255;
        }
    }

    // Samples of less than a byte are packed from the high bits down.
    private int Sample(ReadOnlySpan<byte> line, int index)
    {
        switch (header.Depth)
        {
            case 16:
                return BinaryPrimitives.ReadUInt16BigEndian(line[(2 * index)..]);
            case 8:
                return line[index];
            default:
                int perByte = 8 / header.Depth;
                int shift = 8 - (header.Depth * ((index % perByte) + 1));
                return (line[index / perByte] >> shift) & ((1 << header.Depth) - 1);
        }
    }

    private byte ToByte(int sample) => header.Depth switch
    {
        16 => (byte)(sample >> 8),
        8 => (byte)sample,
        _ => (byte)(sample * 255 / ((1 << header.Depth) - 1)),
    };

    private int[] ReadTransparentColor()
    {
        if (chunks.Transparency.Length != 2 * header.Samples)
        {
            throw new InvalidFileException(
                fileName, chunks.DataOffset, $"the transparent colour has {chunks.Transparency.Length} bytes, a colour here has {2 * header.Samples}");
        }

        int[] color = new int[header.Samples];
        for (int k = 0; k < color.Length; k++)
        {
            color[k] = BinaryPrimitives.ReadUInt16BigEndian(chunks.Transparency.AsSpan(2 * k));
        }

        return color;
    }
}
