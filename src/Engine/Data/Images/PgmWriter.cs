using System.Text;

namespace Engine.Data;

/// <summary>Writes grey pictures as binary PGM ("P5") and RGB pictures as binary PPM ("P6").</summary>
public static class PgmWriter
{
    /// <summary>A PGM or PPM file of a picture of 1 or 3 channels.</summary>
    /// <exception cref="ArgumentException">The picture has another number of channels.</exception>
    public static byte[] ToBytes(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels is not (1 or 3))
        {
            throw new ArgumentException($"PGM files have 1 (grey) and PPM files 3 (RGB) channels, this picture has {image.Channels}.");
        }

        byte[] header = Encoding.ASCII.GetBytes($"P{(image.Channels == 1 ? 5 : 6)}\n{image.Width} {image.Height}\n255\n");
        byte[] file = new byte[header.Length + image.Pixels.Length];
        header.CopyTo(file, 0);
        int plane = image.Width * image.Height;
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            file[header.Length + i] = image.Pixels[(i % image.Channels * plane) + (i / image.Channels)];
        }

        return file;
    }
}
