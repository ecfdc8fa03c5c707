using System.Collections;
using System.CommandLine;
using Engine.Backends.Cuda;
using Engine.Cli.Commands;
using Engine.Tensors;
using Native.Kernels;

namespace Engine.Cli.Options;

/// <summary>The options that say on what a command computes and how, for every command that computes.</summary>
/// <param name="withGraphs">Whether the command takes training steps, which can be captured as CUDA graphs.</param>
/// <param name="withModes">Whether the command may compute less exactly.</param>
internal sealed class ComputeOptionGroup(bool withGraphs = false, bool withModes = true) : IEnumerable<Option>
{
    private readonly Option<Device?> device = DeviceOption();
    private readonly Option<Switch?> graph = Setting.OneOf(
        "--cuda-graph", "Capture training steps as CUDA graphs; on unless given. The numbers are the same", OnOff);

    private readonly Option<Implementation?> convolution = Setting.OneOf(
        "--convolution", "Who convolves on a GPU; cudnn unless given, where it is installed", Convolutions);

    private readonly Option<Implementation?> product = Setting.OneOf(
        "--matrix-product", "Who multiplies matrices on a GPU; cublas unless given, where it is installed", MatrixProducts);

    private readonly Option<MatrixMode?> mode = Setting.OneOf(
        "--matrix-mode", "How exactly a GPU multiplies float32 matrices; float32 unless given, the others are faster", MatrixModes);

    /// <summary>The words of <c>--cuda-graph</c>.</summary>
    public static Words<Switch> OnOff { get; } = new(("on", Switch.On), ("off", Switch.Off));

    /// <summary>The words of <c>--convolution</c>.</summary>
    public static Words<Implementation> Convolutions { get; } = new(("cudnn", Implementation.Library), ("kernels", Implementation.Kernels));

    /// <summary>The words of <c>--matrix-product</c>.</summary>
    public static Words<Implementation> MatrixProducts { get; } = new(("cublas", Implementation.Library), ("kernels", Implementation.Kernels));

    /// <summary>The words of <c>--matrix-mode</c>.</summary>
    public static Words<MatrixMode> MatrixModes { get; } = new(
        ("float32", MatrixMode.Float32), ("tf32", MatrixMode.TensorFloat32), ("bf16", MatrixMode.BFloat16));

    /// <summary>The option <c>--device</c>.</summary>
    public static Option<Device?> DeviceOption() => Setting.Device("Where to compute: cpu, cuda, cuda:1, emulated or checked (emulated, every access watched); cpu unless given");

    /// <summary>What a command line says.</summary>
    public ComputeRequest Read(ParseResult parsed) => new()
    {
        Device = parsed.GetValue(device),
        CudaGraph = withGraphs ? parsed.GetValue(graph) : null,
        Convolution = parsed.GetValue(convolution),
        MatrixProduct = parsed.GetValue(product),
        MatrixMode = withModes ? parsed.GetValue(mode) : null,
    };

    /// <inheritdoc/>
    public IEnumerator<Option> GetEnumerator()
    {
        yield return device;
        if (withGraphs)
        {
            yield return graph;
        }

        yield return convolution;
        yield return product;
        if (withModes)
        {
            yield return mode;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
