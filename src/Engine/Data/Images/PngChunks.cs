using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Engine.Data;

/// <summary>The chunks a reader needs, checked and taken apart.</summary>
internal sealed class PngChunks
{
    private const int LongestPalette = 256;

    private static readonly SearchValues<byte> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private PngChunks(PngHeader header)
    {
        Header = header;
    }

    /// <summary>The IHDR chunk.</summary>
    public PngHeader Header { get; }

    /// <summary>Three bytes for every entry; empty where there is none.</summary>
    public byte[] Palette { get; private set; } = [];

    /// <summary>The tRNS chunk: opacity of palette entries, or the transparent colour; empty where there is none.</summary>
    public byte[] Transparency { get; private set; } = [];

    /// <summary>The compressed data of all IDAT chunks, in one piece.</summary>
    public MemoryStream Data { get; } = new();

    /// <summary>Where the first IDAT chunk's data begins in the file.</summary>
    public long DataOffset { get; private set; }

    /// <summary>Walks through the chunks from the one at <paramref name="at"/> to the end of the file.</summary>
    /// <exception cref="InvalidFileException">A chunk is damaged, missing or in the wrong place.</exception>
    public static PngChunks Parse(byte[] file, string fileName, int at)
    {
        PngChunks? chunks = null;
        bool ended = false;
        while (!ended)
        {
            (string type, ArraySegment<byte> data) = Next(file, fileName, at);
            if ((chunks is null) != (type == "IHDR") || (chunks is null && data.Count != PngHeader.Bytes))
            {
                throw new InvalidFileException(fileName, at, $"the first chunk, and no other, is IHDR with {PngHeader.Bytes} bytes; here is {type} with {data.Count}");
            }

            chunks ??= new PngChunks(PngHeader.Parse(data, fileName, data.Offset));
            ended = chunks.Take(type, data, fileName, at);
            at = data.Offset + data.Count + 4;
        }

        if (at != file.Length)
        {
            throw new InvalidFileException(fileName, at, "the file goes on after its IEND chunk");
        }

        return chunks!;
    }

    private static (string Type, ArraySegment<byte> Data) Next(byte[] file, string fileName, int at)
    {
        if (file.Length - at < 12)
        {
            throw new InvalidFileException(fileName, file.Length, "the file ends before its IEND chunk");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
        if (length > file.Length - at - 12)
        {
            throw new InvalidFileException(fileName, at, $"a chunk of {length} bytes, the file has {file.Length - at - 12} left for it");
        }

        ReadOnlySpan<byte> typeAndData = file.AsSpan(at + 4, 4 + (int)length);
        uint crc = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + (int)length)), expected = Crc32.Of(typeAndData);
        if (crc != expected)
        {
            throw new InvalidFileException(fileName, at + 8 + length, $"the chunk's check is {crc:x8}, its content has {expected:x8}: the file is damaged");
        }

        if (typeAndData[..4].ContainsAnyExcept(Letters))
        {
            throw new InvalidFileException(fileName, at + 4, "a chunk's type is four letters");
        }

        return (Encoding.ASCII.GetString(typeAndData[..4]), new ArraySegment<byte>(file, at + 8, (int)length));
    }

    // True for the last chunk.
    private bool Take(string type, ArraySegment<byte> data, string fileName, int at)
    {
        switch (type)
        {
            case "IHDR":
                return false;
            case "PLTE" when data.Count % 3 != 0 || data.Count is 0 or > 3 * LongestPalette || Palette.Length > 0 || Data.Length > 0:
                throw new InvalidFileException(fileName, at, $"a palette of {data.Count} bytes in this place; there is one, before the data, of 3 to {3 * LongestPalette}");
            case "PLTE":
                Palette = [.. data];
                return false;
            case "tRNS":
                Transparency = [.. data];
                return false;
            case "IDAT":
                DataOffset = Data.Length == 0 ? data.Offset : DataOffset;
                Data.Write(data);
                return false;
            case "IEND" when Data.Length == 0 || (Header.Color == PngColor.Palette && Palette.Length == 0):
                throw new InvalidFileException(fileName, at, "the file ends without data, or without the palette its header announces");
            case "IEND":
                return true;
            case not null when char.IsAsciiLetterUpper(type[0]):
                throw new InvalidFileException(fileName, at, $"chunk {type} is said to be critical and is not known");
            default:
                return false;
        }
    }
}
