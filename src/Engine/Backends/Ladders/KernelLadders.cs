using Engine.Backends.Cpu.Ladders;
using Engine.Backends.Cuda;
using Engine.Tensors;

namespace Engine.Backends.Ladders;

/// <summary>All ladders, by operation. Tests climb each on every device; <c>engine bench kernels</c> times them.</summary>
public static class KernelLadders
{
    /// <summary>The CPU's ladder whose last rung is the most floating-point operations that it can do.</summary>
    public const string MultiplyAdd = "Multiply-add";

    /// <summary>The CPU's ladder whose last rung is the most bytes that memory gives and takes.</summary>
    public const string Copy = "Copy";

    private static readonly Dictionary<string, Func<LadderRequest, KernelLadder>> Cpu = new(StringComparer.OrdinalIgnoreCase)
    {
        [MultiplyAdd] = MultiplyAddLadder.Create,
        [Copy] = CopyLadder.Create,
        ["Sum"] = SumLadder.Create,
        ["Exp"] = ExpLadder.Create,
        ["GEMM"] = ProductLadder.Create,
        ["Convolution"] = ImageLadder.Create,
    };

    private static readonly Dictionary<string, Func<LadderRequest, KernelLadder>> Cuda = new(StringComparer.OrdinalIgnoreCase)
    {
        ["GEMM"] = GemmLadder.Square,
        ["GEMM-long-sum"] = GemmLadder.LongSum,
        ["Convolution"] = ConvolutionLadder.Forward,
        ["Convolution-backward-data"] = ConvolutionLadder.BackwardData,
        ["Convolution-backward-weights"] = ConvolutionLadder.BackwardWeights,
        ["Reduction"] = ReductionLadder.Create,
        ["Softmax"] = SoftmaxLadder.Create,
        ["BatchNormalization"] = BatchNormalizationLadder.Create,
    };

    /// <summary>The operations that have a ladder on a kind of device, in the order to read them in.</summary>
    public static IReadOnlyCollection<string> Operations(Device device) => On(device).Keys;

    /// <summary>A ladder on a problem made up for it.</summary>
    /// <param name="operation">One of <see cref="Operations"/>.</param>
    /// <param name="request">Device, type and size.</param>
    /// <exception cref="KeyNotFoundException">There is no ladder for the operation.</exception>
    public static KernelLadder Create(string operation, LadderRequest request) => On(request.Device)[operation](request);

    private static Dictionary<string, Func<LadderRequest, KernelLadder>> On(Device device) => device == Device.Cpu ? Cpu : Cuda;
}
