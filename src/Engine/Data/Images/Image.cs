namespace Engine.Data;

/// <summary>A picture: one byte per channel and pixel, channel after channel, each row by row (C×H×W, like the tensors).</summary>
/// <remarks>1 channel is grey, 2 are grey and opacity, 3 are red, green, blue, 4 have opacity, too. 255 is full.</remarks>
public sealed class Image
{
    /// <summary>The most pixels a picture may have: 64 Mi, a camera's largest. A file that claims more is refused unread.</summary>
    public const int MaxPixels = 1 << 26;

    /// <summary>A black picture.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public Image(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)height * width, MaxPixels);
        (Channels, Height, Width) = (channels, height, width);
        Pixels = new byte[channels * height * width];
    }

    /// <summary>A picture of the given bytes, which it keeps.</summary>
    /// <exception cref="ArgumentException">There are not C·H·W bytes.</exception>
    public Image(int channels, int height, int width, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != (long)channels * height * width)
        {
            throw new ArgumentException($"A picture of {channels}×{height}×{width} has {(long)channels * height * width} bytes, given {pixels.Length}.");
        }

        (Channels, Height, Width, Pixels) = (channels, height, width, pixels);
    }

    /// <summary>The number of channels C: 1 to 4.</summary>
    public int Channels { get; }

    /// <summary>The number of rows H.</summary>
    public int Height { get; }

    /// <summary>The number of columns W.</summary>
    public int Width { get; }

    /// <summary>C·H·W bytes.</summary>
    public byte[] Pixels { get; }

    /// <summary>One value.</summary>
    public byte this[int channel, int row, int column]
    {
        get => Pixels[(((channel * Height) + row) * Width) + column];
        set => Pixels[(((channel * Height) + row) * Width) + column] = value;
    }

    /// <summary>One channel, row by row.</summary>
    public Span<byte> Plane(int channel) => Pixels.AsSpan(channel * Height * Width, Height * Width);

    /// <summary>"3×287×433".</summary>
    public override string ToString() => $"{Channels}×{Height}×{Width}";
}
