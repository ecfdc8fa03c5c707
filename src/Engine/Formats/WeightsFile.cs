using Engine.Data;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Formats;

/// <summary>Saves and loads what a network has learned: its weights and statistics, in a safetensors file.</summary>
/// <remarks>Every parameter lies in the file under its path, "conv1.weight". A training checkpoint is such a file too.</remarks>
public static class WeightsFile
{
    /// <summary>Tensors with this prefix are an optimizer's memory, kept in checkpoints; to weights they are nothing.</summary>
    internal const string OptimizerPrefix = "optimizer/";

    /// <summary>Saves a network's parameters. An existing file is replaced once the new one is whole.</summary>
    public static void Save(string path, Layer network, WeightsInfo info)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(info);
        SafetensorsFile.Write(path, TensorsOf(network), info.ToMetadata());
    }

    /// <summary>Reads what a file says about its network, so that the network can be made.</summary>
    /// <exception cref="InvalidFileException">The file is malformed.</exception>
    public static WeightsInfo ReadInfo(string path) => WeightsInfo.FromMetadata(SafetensorsFile.ReadMetadata(path), path);

    /// <summary>
    /// Puts a file's values into a network, rounding them where the network has another float type. Nothing is
    /// changed unless everything fits.
    /// </summary>
    /// <returns>What the file says about its network.</returns>
    /// <exception cref="InvalidFileException">The file is malformed.</exception>
    /// <exception cref="IncompatibleFileException">The file's tensors are not the network's: one is missing, unexpected, or of another shape.</exception>
    public static WeightsInfo Load(string path, Layer network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Load(path, SafetensorsFile.Read(path), network);
    }

    /// <summary>Lets a network that was just made use a file's values where they lie: for who wants answers soon.</summary>
    /// <remarks>
    /// Like <see cref="Load(string, Layer)"/> in all that can be seen of it, but nothing is read before it is used, and then
    /// not copied, where the network computes in the file's type and its values were not asked for yet. The file must keep its
    /// length until the process ends; see <see cref="SafetensorsFile.Map(string)"/>.
    /// </remarks>
    /// <inheritdoc cref="Load(string, Layer)" path="/*[not(self::summary)]"/>
    public static WeightsInfo Map(string path, Layer network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Load(path, SafetensorsFile.Map(path), network);
    }

    /// <summary>A network's parameters under the names they have in a file.</summary>
    internal static IEnumerable<(string Name, Tensor Value)> TensorsOf(Layer network) =>
        network.NamedParameters().Select(p => (p.Path, p.Parameter.Value));

    private static WeightsInfo Load(string path, SafetensorsFile file, Layer network)
    {
        WeightsInfo info = WeightsInfo.FromMetadata(file.Metadata, path);
        Check(path, file, network);
        foreach ((string name, Parameter parameter) in network.NamedParameters())
        {
            parameter.Adopt(file.Tensors[name]);
        }

        return info;
    }

    /// <summary>Refuses a file whose tensors are not the network's.</summary>
    internal static void Check(string path, SafetensorsFile file, Layer network)
    {
        HashSet<string> expected = [];
        foreach ((string name, Parameter parameter) in network.NamedParameters())
        {
            expected.Add(name);
            RequireLike(path, file, name, parameter.Shape, parameter.DType);
        }

        foreach ((string name, Tensor tensor) in file.Tensors)
        {
            if (!expected.Contains(name) && !name.StartsWith(OptimizerPrefix, StringComparison.Ordinal))
            {
                throw new IncompatibleFileException(path, $"tensor {Printable.Quote(name)} {tensor.Shape} has no place in the network, which has {expected.Count} tensors");
            }
        }
    }

    /// <summary>Refuses a file that does not hold a tensor of numbers of the same shape.</summary>
    internal static void RequireLike(string path, SafetensorsFile file, string name, Tensor value) =>
        RequireLike(path, file, name, value.Shape, value.DType);

    /// <summary>Refuses a file that does not hold a tensor of numbers of a shape.</summary>
    internal static void RequireLike(string path, SafetensorsFile file, string name, Shape shape, DType dtype)
    {
        if (!file.Tensors.TryGetValue(name, out Tensor? found))
        {
            throw new IncompatibleFileException(path, $"tensor '{name}' {shape} is missing; is this the file of another network?");
        }

        if (found.Shape != shape || !found.DType.IsFloat())
        {
            throw new IncompatibleFileException(path, $"tensor '{name}' is {found.DType} {found.Shape}, the network expects {dtype} {shape}");
        }
    }
}
