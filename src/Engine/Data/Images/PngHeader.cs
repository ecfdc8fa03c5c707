using System.Buffers.Binary;

namespace Engine.Data;

/// <summary>What a PNG file says of itself in its IHDR chunk (ISO/IEC 15948, 11.2.2).</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Depth">Bits per sample: 1, 2, 4, 8 or 16.</param>
/// <param name="Color">The colour type.</param>
/// <param name="Interlaced">True for Adam7.</param>
internal readonly record struct PngHeader(int Width, int Height, int Depth, PngColor Color, bool Interlaced)
{
    /// <summary>The size of the chunk's data.</summary>
    public const int Bytes = 13;

    /// <summary>Samples per pixel in the file.</summary>
    public int Samples => Color switch
    {
        PngColor.Rgb => 3,
        PngColor.GreyAlpha => 2,
        PngColor.RgbAlpha => 4,
        _ => 1,
    };

    /// <summary>Bytes that hold a row of so many pixels, without its filter byte.</summary>
    public int RowBytes(int pixels) => (int)((((long)pixels * Samples * Depth) + 7) / 8);

    /// <summary>Reads the chunk's data.</summary>
    /// <exception cref="InvalidFileException">A size or a combination is not allowed.</exception>
    public static PngHeader Parse(ReadOnlySpan<byte> data, string fileName, long offset)
    {
        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width == 0 || height == 0 || (ulong)width * height > Image.MaxPixels)
        {
            throw new InvalidFileException(fileName, offset, $"{width}×{height} pixels; a picture has at least one and here at most {Image.MaxPixels}");
        }

        int depth = data[8];
        PngColor color = (PngColor)data[9];
        bool allowed = color switch
        {
            PngColor.Grey => depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => depth is 1 or 2 or 4 or 8,
            PngColor.Rgb or PngColor.GreyAlpha or PngColor.RgbAlpha => depth is 8 or 16,
            _ => false,
        };
        if (!allowed)
        {
            throw new InvalidFileException(fileName, offset + 8, $"bit depth {depth} with colour type {data[9]} is no PNG");
        }

        if (data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            throw new InvalidFileException(
                fileName, offset + 10, $"compression {data[10]}, filter {data[11]}, interlace {data[12]}; PNG knows 0, 0 and 0 or 1");
        }

        return new PngHeader((int)width, (int)height, depth, color, data[12] == 1);
    }
}

/// <summary>The colour types of PNG.</summary>
internal enum PngColor
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    RgbAlpha = 6,
}
