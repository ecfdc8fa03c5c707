using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Data;
using Engine.Tensors;

namespace Engine.Formats;

/// <summary>Reads numbers and lists out of the texts of a file's metadata.</summary>
internal sealed class MetadataReader(IReadOnlyDictionary<string, string> metadata, string path)
{
    /// <summary>JSON in which a number may be "NaN".</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>An entry, or null.</summary>
    public string? Text(string key) => metadata.GetValueOrDefault(key);

    /// <summary>An entry that must be there and be a number.</summary>
    /// <exception cref="InvalidFileException">It is not.</exception>
    public T Number<T>(string key)
        where T : INumber<T> => T.TryParse(Text(key), CultureInfo.InvariantCulture, out T? number)
        ? number
        : throw Problem(key, null);

    /// <summary>An entry that is JSON, or null where there is none.</summary>
    /// <exception cref="InvalidFileException">It is not what it should be.</exception>
    public T? Json<T>(string key)
        where T : class
    {
        try
        {
            return Text(key) is { } text ? JsonSerializer.Deserialize<T>(text, Options) : null;
        }
        catch (JsonException problem)
        {
            throw Problem(key, problem);
        }
    }

    /// <summary>An entry that is a JSON list of texts, or null where there is none.</summary>
    /// <exception cref="InvalidFileException">It is something else.</exception>
    public string[]? Texts(string key) => List(key, element => element.GetString() ?? throw Problem(key, null));

    /// <summary>An entry that is a JSON list of whole numbers, or null where there is none.</summary>
    /// <exception cref="InvalidFileException">It is something else.</exception>
    public int[]? Integers(string key) => List(key, element => element.GetInt32());

    /// <summary>The shape of these sizes.</summary>
    /// <exception cref="InvalidFileException">There is none.</exception>
    public Shape Shape(string key, int[] sizes)
    {
        try
        {
            return new Shape(sizes);
        }
        catch (ArgumentException problem)
        {
            throw Problem(key, problem);
        }
    }

    // Element by element: every start of the program reads such lists, and to make a serializer ready takes longer.
    private T[]? List<T>(string key, Func<JsonElement, T> read)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            T[] list = new T[document.RootElement.GetArrayLength()];
            for (int i = 0; i < list.Length; i++)
            {
                list[i] = read(document.RootElement[i]);
            }

            return list;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException)
        {
            throw Problem(key, problem);
        }
    }

    private InvalidFileException Problem(string key, Exception? inner) =>
        new(path, 8, $"metadata '{key}' is missing or malformed", inner);
}
