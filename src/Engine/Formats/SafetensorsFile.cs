using System.Buffers.Binary;
using System.Text.Json;
using Engine.Data;
using Engine.Tensors;

namespace Engine.Formats;

/// <summary>A file of named tensors in the safetensors format, the one that pre-trained weights are shared in.</summary>
/// <remarks>
/// Layout (Hugging Face, "safetensors", README): the length of the header as a little-endian 64-bit number; the header,
/// JSON, <c>{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …, "__metadata__": {"key": "text"}}</c>,
/// padded with spaces; then the tensors' elements, little-endian and row-major, without gaps. Nothing in it can run.
/// Element types here are F32, F64 and I32.
/// </remarks>
public sealed class SafetensorsFile
{
    internal const string MetadataName = "__metadata__";

    // The header's length, which the file begins with.
    private const int LengthBytes = 8;

    // What tensors are aligned to in arrays, too; a multiple of 8, to which other writers pad the header.
    private const int CacheLine = 64;

    private SafetensorsFile(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        (Tensors, Metadata) = (tensors, metadata);
    }

    /// <summary>The tensors by name, in main memory, lasting beyond any step.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>What the file says about itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidFileException">It is not a safetensors file, is damaged, or holds a tensor of a type or size there is not here.</exception>
    public static SafetensorsFile Read(string path) => Read(path, ignored: null);

    /// <summary>Reads a file but for the tensors of some names, which may be of any type.</summary>
    internal static SafetensorsFile Read(string path, Func<string, bool>? ignored)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file, path, ignored);
    }

    /// <summary>Reads a file that is open at its beginning, and can be read at any place.</summary>
    internal static SafetensorsFile Read(Stream file, string path, Func<string, bool>? ignored = null) =>
        Load(file, path, SafetensorsHeader.Read(file, path, ignored), mapping: null);

    /// <summary>Maps a file: its tensors lie in it, and are read when they are used.</summary>
    /// <remarks>
    /// The header is checked as in <see cref="Read(string)"/>. What is written to the tensors stays in this process. The mapping
    /// lasts as long as the process does, and the file must keep its length as long; it may be deleted and, but for
    /// Windows, replaced. A file that cannot be mapped, and a tensor that does not begin at a multiple of its elements' size,
    /// is read.
    /// </remarks>
    /// <inheritdoc cref="Read(string)" path="/exception"/>
    public static SafetensorsFile Map(string path) => Map(path, ignored: null);

    /// <summary>Maps a file, and passes over the tensors of some names, which may be of any type.</summary>
    internal static SafetensorsFile Map(string path, Func<string, bool>? ignored)
    {
        using FileStream file = File.OpenRead(path);
        SafetensorsHeader header = SafetensorsHeader.Read(file, path, ignored);
        return Load(file, path, header, MappedFile.Open(file));
    }

    /// <summary>Reads only what a file says about itself.</summary>
    /// <inheritdoc cref="Read(string)" path="/exception"/>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using FileStream file = File.OpenRead(path);
        return SafetensorsHeader.Read(file, path).Metadata;
    }

    /// <summary>Writes a file. An existing one is replaced once the new one is whole and on the disk.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="tensors">Tensors with names that differ, on any device.</param>
    /// <param name="metadata">What the file is to say about itself.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or the name kept for metadata.</exception>
    public static void Write(
        string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // For who maps the file: tensors of whole cache lines first, each of which then begins one, as tensors in arrays do;
        // of the rest those of wide elements first, so that every tensor is aligned to its elements.
        List<(string Name, Tensor Value)> ordered =
            [.. tensors.OrderBy(t => SizeOf(t.Value) % CacheLine != 0).ThenByDescending(t => t.Value.DType.Size())];
        HashSet<string> names = [MetadataName];
        foreach ((string name, _) in ordered)
        {
            if (!names.Add(name))
            {
                throw new ArgumentException($"Each tensor in a safetensors file has a name of its own, other than '{MetadataName}'; '{name}' is taken.");
            }
        }

        byte[] header = WriteHeader(ordered, metadata ?? new Dictionary<string, string>());
        FileReplacement.Write(path, file =>
        {
            Span<byte> length = stackalloc byte[LengthBytes];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            file.Write(length);
            file.Write(header);
            foreach ((_, Tensor tensor) in ordered)
            {
                file.Write(tensor.To(Device.Cpu).Bytes);
            }
        });
    }

    private static SafetensorsFile Load(Stream file, string path, SafetensorsHeader header, MappedFile? mapping)
    {
        Dictionary<string, Tensor> tensors = new(header.Entries.Count);
        using OutsideScope outside = StepScope.Outside(Device.Cpu);
        try
        {
            foreach (SafetensorsEntry entry in header.Entries)
            {
                long begin = header.DataStart + entry.Begin;
                tensors.Add(entry.Name, mapping?.At(begin, entry.Shape, entry.DType) ?? ReadTensor(file, begin, entry));
            }
        }
        catch (EndOfStreamException problem)
        {
            throw new InvalidFileException(path, file.Length, "the file became shorter while it was read", problem);
        }

        return new SafetensorsFile(tensors, header.Metadata);
    }

    private static Tensor ReadTensor(Stream file, long begin, SafetensorsEntry entry)
    {
        Tensor tensor = new(entry.Shape, entry.DType);
        file.Position = begin;
        file.ReadExactly(tensor.Bytes);
        return tensor;
    }

    private static long SizeOf(Tensor tensor) => (long)tensor.ElementCount * tensor.DType.Size();

    private static byte[] WriteHeader(List<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(MetadataName);
                foreach ((string key, string value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long begin = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                long end = begin + SizeOf(tensor);
                WriteEntry(json, name, tensor, begin, end);
                begin = end;
            }

            json.WriteEndObject();
        }

        while ((LengthBytes + text.Length) % CacheLine != 0)
        {
            text.WriteByte((byte)' ');
        }

        return text.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, long begin, long end)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsHeader.NameOf(tensor.DType));
        json.WriteStartArray("shape");
        foreach (int size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
