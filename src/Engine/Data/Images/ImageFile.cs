namespace Engine.Data;

/// <summary>Reads and writes pictures of every format this room knows.</summary>
public static class ImageFile
{
    // A picture of the largest size, uncompressed, 16 bits, 4 channels, would be 512 MiB.
    private const long LongestFile = 1L << 29;

    /// <summary>Reads a PNG, PGM or PPM file; the format is found by looking at its first bytes.</summary>
    /// <exception cref="InvalidFileException">It is none of these, is damaged, or too large.</exception>
    public static Image Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long length = new FileInfo(path).Length;
        return length <= LongestFile
            ? Parse(File.ReadAllBytes(path), path)
            : throw new InvalidFileException(path, 0, $"the file has {length} bytes, a picture here has at most {LongestFile}");
    }

    /// <summary>Reads a picture that is already in memory.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="InvalidFileException">It is no PNG, PGM or PPM file, is damaged, or too large.</exception>
    public static Image Parse(byte[] file, string fileName)
    {
        ArgumentNullException.ThrowIfNull(file);
        return PngReader.IsPng(file) ? PngReader.Parse(file, fileName)
            : PgmReader.IsPgm(file) ? PgmReader.Parse(file, fileName)
            : throw new InvalidFileException(fileName, 0, "neither a PNG file (89 50 4e 47 …) nor PGM or PPM (\"P2\", \"P3\", \"P5\", \"P6\"); convert it to PNG");
    }

    /// <summary>Writes a grey or RGB picture as PNG, or as PGM or PPM where the path ends so.</summary>
    /// <exception cref="ArgumentException">The path has another ending, or the picture has opacity.</exception>
    public static void Write(string path, Image image)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] file = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => PngWriter.ToBytes(image),
            ".PGM" or ".PPM" => PgmWriter.ToBytes(image),
            _ => throw new ArgumentException($"Pictures are written as .png, .pgm or .ppm, given '{path}'."),
        };
        FileReplacement.Write(path, stream => stream.Write(file));
    }
}
