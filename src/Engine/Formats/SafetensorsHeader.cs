using System.Buffers.Binary;
using System.Text.Json;
using Engine.Data;
using Engine.Tensors;

namespace Engine.Formats;

/// <summary>The header of a safetensors file, every claim of which was compared with the file before it is believed.</summary>
internal sealed class SafetensorsHeader
{
    // The limit of the format's reference implementation.
    private const long LongestHeader = 100_000_000;

    // The header, one object per tensor, one array in it.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 3, AllowDuplicateProperties = false };

    private readonly string path;
    private readonly Func<string, bool>? ignored;
    private readonly List<SafetensorsEntry> entries = [];
    private readonly Dictionary<string, string> metadata = [];

    private SafetensorsHeader(string path, long dataStart, Func<string, bool>? ignored)
    {
        (this.path, DataStart, this.ignored) = (path, dataStart, ignored);
    }

    /// <summary>The tensors that are not ignored, in the order in which they lie in the file.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => entries;

    /// <summary>What the file says about itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>The first byte after the header.</summary>
    public long DataStart { get; }

    /// <summary>Reads and checks the header of a file that is open at its beginning.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="ignored">Names of tensors that nobody asks for, which may be of any type; none unless given.</param>
    /// <exception cref="InvalidFileException">The header is malformed, or does not fit the file.</exception>
    public static SafetensorsHeader Read(Stream file, string path, Func<string, bool>? ignored = null)
    {
        long fileLength = file.Length;
        if (fileLength < 8)
        {
            throw new InvalidFileException(path, fileLength, "a safetensors file begins with 8 bytes of header length, this one ends here");
        }

        Span<byte> lengthBytes = stackalloc byte[8];
        file.ReadExactly(lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length is < 2 or > LongestHeader || length > (ulong)fileLength - 8)
        {
            throw new InvalidFileException(
                path, 0, $"the header is said to have {length} bytes; it has 2 to {LongestHeader}, and the file only {fileLength - 8} more");
        }

        byte[] text = new byte[length];
        file.ReadExactly(text);
        SafetensorsHeader header = new(path, 8 + (long)length, ignored);
        header.Parse(text);
        header.CheckLayout(fileLength - header.DataStart);
        header.entries.RemoveAll(e => e.IsIgnored);
        return header;
    }

    /// <summary>What the format calls a type.</summary>
    public static string NameOf(DType dtype) => dtype switch
    {
        DType.Float32 => "F32",
        DType.Float64 => "F64",
        _ => "I32",
    };

    private void Parse(byte[] text)
    {
        if (text[0] != '{')
        {
            throw Problem("the header is no JSON object, which begins with '{'");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Strict);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name == SafetensorsFile.MetadataName)
                {
                    ParseMetadata(property.Value);
                }
                else
                {
                    entries.Add(ParseEntry(property.Name, property.Value));
                }
            }
        }
        catch (JsonException problem)
        {
            throw Problem($"the header is not JSON as the format wants it ({Printable.Line(problem.Message)})", problem);
        }
        catch (InvalidOperationException problem)
        {
            // How the decoder reports text that is not Unicode.
            throw Problem("a text in the header is not valid Unicode", problem);
        }
    }

    private void ParseMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Problem($"'{SafetensorsFile.MetadataName}' is no object of texts");
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            metadata[property.Name] = property.Value.ValueKind == JsonValueKind.String
                ? property.Value.GetString()!
                : throw Problem($"metadata {Printable.Quote(property.Name)} is no text");
        }
    }

    private SafetensorsEntry ParseEntry(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array
            || !value.TryGetProperty("data_offsets", out JsonElement offsets) || offsets.ValueKind != JsonValueKind.Array)
        {
            throw Problem($"tensor {Printable.Quote(name)} is not described by a dtype, a shape and data_offsets");
        }

        long begin = ParseBegin(name, offsets, out long end);
        if (ignored?.Invoke(name) ?? false)
        {
            return new SafetensorsEntry(name, default, [], begin, end, IsIgnored: true);
        }

        SafetensorsEntry entry = new(name, ParseType(name, dtype.GetString()!), ParseShape(name, shape), begin, end);
        long bytes = (long)entry.Shape.ElementCount * entry.DType.Size();
        return end - begin == bytes
            ? entry
            : throw Problem($"tensor {Printable.Quote(name)}, {NameOf(entry.DType)} {entry.Shape}, takes {bytes} bytes, its data_offsets [{begin}, {end}] say {end - begin}");
    }

    private DType ParseType(string name, string type) => type switch
    {
        "F32" => DType.Float32,
        "F64" => DType.Float64,
        "I32" => DType.Int32,
        _ => throw Problem($"tensor {Printable.Quote(name)} is of type {Printable.Quote(type)}; types F32, F64 and I32 can be read, convert it to one of them"),
    };

    private Shape ParseShape(string name, JsonElement shape)
    {
        int rank = shape.GetArrayLength();
        if (rank > Shape.MaxRank)
        {
            throw Problem($"tensor {Printable.Quote(name)} has {rank} dimensions, here a tensor has at most {Shape.MaxRank}");
        }

        int[] sizes = new int[rank];
        long bytes = sizeof(double);
        for (int axis = 0; axis < rank; axis++)
        {
            JsonElement element = shape[axis];
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out sizes[axis]) || sizes[axis] < 1)
            {
                throw Problem($"dimension {axis} of tensor {Printable.Quote(name)} is no whole number from 1 to {int.MaxValue}");
            }

            // Both factors are below 2³¹ here, so the product cannot wrap round.
            bytes *= sizes[axis];
            if (bytes > Array.MaxLength)
            {
                throw Problem($"tensor {Printable.Quote(name)} is too large: one tensor holds fewer than {Array.MaxLength / sizeof(double)} elements here");
            }
        }

        return new Shape(sizes);
    }

    private long ParseBegin(string name, JsonElement offsets, out long end)
    {
        end = 0;
        return offsets.GetArrayLength() == 2
            && offsets[0].ValueKind == JsonValueKind.Number && offsets[0].TryGetInt64(out long begin)
            && offsets[1].ValueKind == JsonValueKind.Number && offsets[1].TryGetInt64(out end)
            && begin >= 0 && end >= begin
            ? begin
            : throw Problem($"the data_offsets of tensor {Printable.Quote(name)} are not two numbers, 0 ≤ begin ≤ end");
    }

    // One after the other, from the end of the header to the end of the file.
    private void CheckLayout(long dataLength)
    {
        entries.Sort((a, b) => a.Begin.CompareTo(b.Begin));
        long end = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Begin != end)
            {
                string what = entry.Begin < end ? "overlaps the tensor before it" : "leaves a gap after the tensor before it";
                throw Problem($"tensor {Printable.Quote(entry.Name)} at {entry.Begin} {what}, which ends at {end}");
            }

            end = entry.End;
        }

        if (end != dataLength)
        {
            throw new InvalidFileException(
                path, DataStart + Math.Min(end, dataLength), $"the tensors take {end} bytes, after the header the file has {dataLength}");
        }
    }

    private InvalidFileException Problem(string problem, Exception? inner = null) => new(path, 8, problem, inner);
}
