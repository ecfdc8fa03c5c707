using System.Buffers.Binary;
using System.IO.Compression;
using Engine.Tensors;

namespace Engine.Data;

/// <summary>IDX, the file format of MNIST: arrays of numbers, plain or compressed with gzip.</summary>
/// <remarks>
/// Layout (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"): two zero bytes, the type of the
/// elements, the number of dimensions, each dimension as a big-endian 32-bit number, then the elements, row-major and
/// big-endian. What a header promises is compared with the length of the file before any memory is taken.
/// </remarks>
public static class IdxFile
{
    private const int LongestHeader = 4 + (4 * Shape.MaxRank);

    /// <summary>Reads an IDX file; compression is found by looking at its first bytes.</summary>
    /// <exception cref="InvalidFileException">It is not an IDX file, is damaged, or is longer or shorter than its header says.</exception>
    public static IdxArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long length = new FileInfo(path).Length;
        if (length > Array.MaxLength)
        {
            throw new InvalidFileException(path, 0, $"the file has {length} bytes, an IDX file here has at most {Array.MaxLength}");
        }

        return Parse(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads an IDX file that is already in memory.</summary>
    /// <param name="file">Its bytes, plain or gzip.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="InvalidFileException">It is not an IDX file, is damaged, or is longer or shorter than its header says.</exception>
    public static IdxArray Parse(byte[] file, string fileName)
    {
        ArgumentNullException.ThrowIfNull(file);
        byte[] content = GzipFile.IsGzip(file)
            ? GzipFile.Read(file, fileName, LongestHeader, prefix => ReadHeader(prefix, fileName).TotalBytes)
            : file;
        Header header = ReadHeader(content, fileName);
        if (header.TotalBytes != content.Length)
        {
            throw new InvalidFileException(
                fileName,
                Math.Min(header.TotalBytes, content.Length),
                $"the header promises {header.Shape} elements of {header.Type}, {header.TotalBytes} bytes in all, the file has {content.Length}");
        }

        return new IdxArray(header.Type, header.Shape, content[header.Bytes..]);
    }

    /// <summary>Writes an array of bytes; with gzip where the path ends in ".gz".</summary>
    /// <param name="path">Where to; an existing file is replaced.</param>
    /// <param name="shape">The dimensions: [N] for labels, [N, H, W] for grey images.</param>
    /// <param name="data">As many bytes as the shape has elements.</param>
    public static void Write(string path, Shape shape, ReadOnlySpan<byte> data) =>
        Write(path, new IdxArray(IdxType.UInt8, shape, data.ToArray()));

    /// <summary>Writes an array of any type; with gzip where the path ends in ".gz".</summary>
    /// <exception cref="ArgumentException">The data is not of the size that type and shape say.</exception>
    public static void Write(string path, IdxArray array)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(array);
        if (array.Data.Length != (long)array.Shape.ElementCount * ElementSize(array.Type))
        {
            throw new ArgumentException(
                $"{array.Shape} elements of {array.Type} have {(long)array.Shape.ElementCount * ElementSize(array.Type)} bytes, given {array.Data.Length}.");
        }

        byte[] header = new byte[4 + (4 * array.Shape.Rank)];
        header[2] = (byte)array.Type;
        header[3] = (byte)array.Shape.Rank;
        for (int axis = 0; axis < array.Shape.Rank; axis++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * axis)), array.Shape[axis]);
        }

        FileReplacement.Write(path, file =>
        {
            using Stream? gzip = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true)
                : null;
            (gzip ?? file).Write(header);
            (gzip ?? file).Write(array.Data);
        });
    }

    internal static int ElementSize(IdxType type) => type switch
    {
        IdxType.UInt8 or IdxType.Int8 => 1,
        IdxType.Int16 => 2,
        IdxType.Int32 or IdxType.Float32 => 4,
        IdxType.Float64 => 8,
        _ => 0,
    };

    private static Header ReadHeader(ReadOnlySpan<byte> content, string fileName)
    {
        if (content.Length < 4)
        {
            throw new InvalidFileException(fileName, content.Length, "an IDX file begins with 4 bytes of magic number, this one ends here");
        }

        IdxType type = (IdxType)content[2];
        int rank = content[3];
        if (content[0] != 0 || content[1] != 0 || ElementSize(type) == 0)
        {
            throw new InvalidFileException(
                fileName, 0, $"an IDX file begins with 00 00 and a type from 08 to 0e, this one with {Convert.ToHexStringLower(content[..4])}");
        }

        if (rank is 0 or > Shape.MaxRank)
        {
            throw new InvalidFileException(fileName, 3, $"an array has 1 to {Shape.MaxRank} dimensions here, this one {rank}");
        }

        int headerBytes = 4 + (4 * rank);
        if (content.Length < headerBytes)
        {
            throw new InvalidFileException(fileName, content.Length, $"{rank} dimensions take {headerBytes} bytes, the file ends here");
        }

        Span<int> dimensions = stackalloc int[rank];
        long total = ElementSize(type);
        for (int axis = 0; axis < rank; axis++)
        {
            uint dimension = BinaryPrimitives.ReadUInt32BigEndian(content[(4 + (4 * axis))..]);

            // Both factors are below 2³¹ here, so the product cannot wrap round.
            total = dimension is 0 or > int.MaxValue ? long.MaxValue : total * dimension;
            if (total > Array.MaxLength - LongestHeader)
            {
                throw new InvalidFileException(
                    fileName, 4 + (4 * axis), $"dimension {dimension} is 0 or makes the array larger than {Array.MaxLength} bytes");
            }

            dimensions[axis] = (int)dimension;
        }

        return new Header(type, new Shape(dimensions), headerBytes, headerBytes + total);
    }

    private readonly record struct Header(IdxType Type, Shape Shape, int Bytes, long TotalBytes);
}
