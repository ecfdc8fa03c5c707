using Engine.Tensors;

namespace Engine.Backends.Cuda;

/// <summary>All ladders, by operation. Tests climb each on every device; <c>engine bench kernels</c> times them.</summary>
public static class KernelLadders
{
    private static readonly Dictionary<string, Func<LadderRequest, KernelLadder>> Makers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["GEMM"] = request => GemmLadder.Square(request),
        ["GEMM-long-sum"] = request => GemmLadder.LongSum(request),
        ["Convolution"] = request => ConvolutionLadder.Forward(request),
        ["Convolution-backward-data"] = request => ConvolutionLadder.BackwardData(request),
        ["Convolution-backward-weights"] = request => ConvolutionLadder.BackwardWeights(request),
        ["Reduction"] = request => ReductionLadder.Create(request),
        ["Softmax"] = request => SoftmaxLadder.Create(request),
        ["BatchNormalization"] = request => BatchNormalizationLadder.Create(request),
    };

    /// <summary>The operations that have a ladder.</summary>
    public static IReadOnlyCollection<string> Operations => Makers.Keys;

    /// <summary>A ladder on a problem made up for it.</summary>
    /// <param name="operation">One of <see cref="Operations"/>.</param>
    /// <param name="request">Device, type and size.</param>
    /// <exception cref="KeyNotFoundException">There is no ladder for the operation.</exception>
    public static KernelLadder Create(string operation, LadderRequest request) => Makers[operation](request);
}

/// <summary>What problem to put a ladder on.</summary>
/// <param name="Device">A CUDA device, real or emulated.</param>
/// <param name="DType">Float32 or Float64.</param>
/// <param name="Scale">1 for sizes that keep a GPU busy; smaller for the emulator; sizes are then odd, so that tails are met.</param>
/// <param name="Random">Where the numbers come from.</param>
public sealed record LadderRequest(Device Device, DType DType, double Scale, Philox Random);
