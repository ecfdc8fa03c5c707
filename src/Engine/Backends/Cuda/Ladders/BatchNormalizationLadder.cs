using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Backends.Cuda;

/// <summary>The forward pass of batch normalization on images: few channels with many elements each, where a block per channel leaves most of a GPU idle.</summary>
internal static class BatchNormalizationLadder
{
    private const double Epsilon = 1e-3;

    public static KernelLadder Create(LadderRequest request)
    {
        // At full scale the first stage of a ResNet. Smaller, still more than one block takes.
        int batch = LadderNumbers.Size(request, 128, least: 5), channels = LadderNumbers.Size(request, 64), side = LadderNumbers.Size(request, 56, least: 59);
        Shape shape = [batch, channels, side, side];
        Tensor x = LadderNumbers.Uniform(request, shape), y = Tensor.Like(x);
        Tensor gamma = LadderNumbers.Uniform(request, [channels]), beta = LadderNumbers.Uniform(request, [channels]);
        Tensor mean = Tensor.Like(gamma), variance = Tensor.Like(gamma);
        CudaBackend backend = (CudaBackend)Backend.Of(request.Device);
        ChannelShape block = ChannelShape.Whole(shape);
        return new KernelLadder(
            "BatchNormalization",
            $"{shape}, {request.DType}",
            8.0 * x.ElementCount,
            2.0 * x.ElementCount * request.DType.Size(),
            y,
            [
                new("batch_norm_two_passes", "the formulas: a block per channel; mean, then variance, by trees in shared memory", () => OneLaunch("batch_norm_two_passes")),
                new("batch_norm_one_read", "both statistics in one pass, joined by shuffles", () => OneLaunch("batch_norm_one_read")),
                new("batch_norm_apply", "many blocks per channel, which join each other's statistics", () => backend.BatchNormalizationForward(x, gamma, beta, Epsilon, y, mean, variance)),
                .. CuDnnCeilings.BatchNormalization(x, gamma, beta, Epsilon, y),
            ])
        {
            // Numbers of [−1, 1), |γ| and |β| too, σ = 1/√3: mean and variance err by some 60 roundings, which y feels
            // through 1/σ and through x̂ ≤ √3; and some of its own.
            ErrorBound = 2 * 250 * (request.DType == DType.Float32 ? Math.ScaleB(1, -24) : Math.ScaleB(1, -53)),
        };

        void OneLaunch(string kernel) => backend.BatchNormalize(kernel, block, x, gamma, beta, Epsilon, y, mean, variance);
    }
}
