using System.Globalization;
using System.Text.Json;
using Engine.Data;
using Engine.Tensors;

namespace Engine.Formats;

/// <summary>What a file of weights says about the network they belong to: enough to build it again and to use it.</summary>
public sealed record WeightsInfo
{
    private const string SettingPrefix = "setting.";

    /// <summary>The model's name, such as "lenet5".</summary>
    public string Model { get; init; } = "network";

    /// <summary>The shape of one input, without the batch; null where the file does not say.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>What each output stands for; empty for regression.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>The seed the network was made and trained with.</summary>
    public ulong Seed { get; init; }

    /// <summary>The model's settings by name, such as its number of hidden units.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The version of the engine that wrote the file; null where it was another program.</summary>
    public string? EngineVersion { get; init; } = typeof(WeightsInfo).Assembly.GetName().Version?.ToString(3);

    /// <summary>The entries that stand for this in a file.</summary>
    internal Dictionary<string, string> ToMetadata()
    {
        Dictionary<string, string> metadata = new()
        {
            ["model"] = Model,
            ["class_names"] = JsonSerializer.Serialize(ClassNames),
            ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (InputShape is { } shape)
        {
            metadata["input_shape"] = JsonSerializer.Serialize(shape.ToArray());
        }

        if (EngineVersion is not null)
        {
            metadata["engine_version"] = EngineVersion;
        }

        foreach ((string name, string value) in Settings)
        {
            metadata[SettingPrefix + name] = value;
        }

        return metadata;
    }

    /// <summary>What the entries of a file say; defaults for what they leave out.</summary>
    /// <exception cref="InvalidFileException">An entry is malformed.</exception>
    internal static WeightsInfo FromMetadata(IReadOnlyDictionary<string, string> metadata, string path)
    {
        MetadataReader reader = new(metadata, path);
        return new WeightsInfo
        {
            Model = reader.Text("model") ?? "network",
            InputShape = reader.Integers("input_shape") is { } sizes ? reader.Shape("input_shape", sizes) : null,
            ClassNames = reader.Texts("class_names") ?? [],
            Seed = reader.Text("seed") is null ? 0 : reader.Number<ulong>("seed"),
            EngineVersion = reader.Text("engine_version"),
            Settings = metadata.Where(e => e.Key.StartsWith(SettingPrefix, StringComparison.Ordinal))
                .ToDictionary(e => e.Key[SettingPrefix.Length..], e => e.Value),
        };
    }
}
