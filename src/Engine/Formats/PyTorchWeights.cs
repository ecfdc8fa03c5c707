using Engine.Backends;
using Engine.Data;
using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Formats;

/// <summary>Exchanges weights with PyTorch: safetensors files with the names and layouts that its modules have.</summary>
/// <remarks>
/// Four things differ; everything else is the same number under the same path, "layer1.0.conv1.weight".
/// <list type="bullet">
/// <item>Dense weights are I×O here, y = x·W + b, and O×I in <c>nn.Linear</c>, y = x·Wᵀ + b: they are transposed on the way.</item>
/// <item>Batch normalization's γ, β and running variance are <c>weight</c>, <c>bias</c> and <c>running_var</c>.</item>
/// <item><c>num_batches_tracked</c>, which counts steps, is not written, and not read where a file has it. PyTorch loads
/// without it.</item>
/// <item>The body of a <see cref="Residual"/> has a name here and none there: its layers are the block's own. So do containers
/// whose name is in parentheses, "(after 4a)", which only say what is beside what.</item>
/// </list>
/// The models of <c>Engine.Models</c> that torchvision has too are named as there. In Python:
/// <code>
/// from safetensors.torch import load_file, save_file
/// torchvision.models.resnet18().load_state_dict(load_file("resnet18.safetensors"))
/// </code>
/// </remarks>
public static class PyTorchWeights
{
    /// <summary>What PyTorch counts and nothing here needs.</summary>
    private const string StepCount = "num_batches_tracked";

    /// <summary>Saves a network's parameters as PyTorch would. An existing file is replaced once the new one is whole.</summary>
    public static void Save(string path, Layer network)
    {
        ArgumentNullException.ThrowIfNull(network);
        SafetensorsFile.Write(path, Parameters(network).Select(p => (p.Name, p.IsTransposed ? p.Parameter.Value.Transpose() : p.Parameter.Value)));
    }

    /// <summary>
    /// Puts the values of a file made with PyTorch into a network, rounding them where the network has another float type.
    /// Nothing is changed unless everything fits.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <param name="leaveOut">Names in the file that the network is not to have, such as auxiliary heads; none unless given.</param>
    /// <exception cref="InvalidFileException">The file is malformed.</exception>
    /// <exception cref="IncompatibleFileException">The file's tensors are not the network's: one is missing, unexpected, or of another shape.</exception>
    public static void Load(string path, Layer network, Func<string, bool>? leaveOut = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Load(path, SafetensorsFile.Read(path, IsPassedOver(leaveOut)), network);
    }

    /// <summary>Lets a network that was just made use the values of a file made with PyTorch where they lie; dense weights, which are transposed, are copied.</summary>
    /// <remarks>As <see cref="WeightsFile.Map(string, Layer)"/> is to loading.</remarks>
    /// <inheritdoc cref="Load(string, Layer, Func{string, bool})" path="/*[not(self::summary)]"/>
    public static void Map(string path, Layer network, Func<string, bool>? leaveOut = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        Load(path, SafetensorsFile.Map(path, IsPassedOver(leaveOut)), network);
    }

    /// <summary>A network's parameters, named as PyTorch names them; one that is shared is named once, where it is met first.</summary>
    public static IReadOnlyList<PyTorchParameter> Parameters(Layer network)
    {
        List<PyTorchParameter> found = [];
        Collect(network, "", found, []);
        return found;
    }

    private static void Load(string path, SafetensorsFile file, Layer network)
    {
        List<PyTorchParameter> parameters = [.. Parameters(network)];
        foreach (PyTorchParameter parameter in parameters)
        {
            WeightsFile.RequireLike(path, file, parameter.Name, parameter.Shape, parameter.Parameter.DType);
        }

        if (file.Tensors.Keys.Except(parameters.Select(p => p.Name)).FirstOrDefault() is { } unexpected)
        {
            throw new IncompatibleFileException(path, $"tensor {Printable.Quote(unexpected)} {file.Tensors[unexpected].Shape} has no place in the network, which has {parameters.Count} tensors");
        }

        using OutsideScope outside = StepScope.Outside(Device.Cpu);
        foreach (PyTorchParameter parameter in parameters)
        {
            Tensor value = file.Tensors[parameter.Name];
            parameter.Parameter.Adopt(parameter.IsTransposed ? value.Transpose() : value);
        }
    }

    private static void Collect(Layer layer, string prefix, List<PyTorchParameter> found, HashSet<Parameter> seen)
    {
        foreach (Parameter parameter in layer.Parameters.Where(seen.Add))
        {
            found.Add(new PyTorchParameter(prefix + NameOf(layer, parameter), parameter, layer is Dense && parameter.Shape.Rank == 2));
        }

        foreach (Layer child in layer.Children)
        {
            bool isNameless = (layer is Residual && child == layer.Children[0]) || child.Name is ['(', .., ')'];
            Collect(child, isNameless ? prefix : $"{prefix}{child.Name}.", found, seen);
        }
    }

    private static string NameOf(Layer layer, Parameter parameter) => layer is not BatchNormalization normalization ? parameter.Name
        : parameter == normalization.Gamma ? "weight"
        : parameter == normalization.Beta ? "bias"
        : parameter == normalization.RunningVariance ? "running_var"
        : parameter.Name;

    private static Func<string, bool> IsPassedOver(Func<string, bool>? leaveOut) => name => IsStepCount(name) || (leaveOut?.Invoke(name) ?? false);

    private static bool IsStepCount(string name) => name == StepCount || name.EndsWith("." + StepCount, StringComparison.Ordinal);
}
