using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>ResNet-50: 3, 4, 6 and 3 bottlenecks: 1×1 to fewer channels, 3×3 on these, 1×1 back to four times as many. 25,557,032 parameters.</summary>
/// <remarks>
/// A bottleneck shrinks the image in its 3×3 convolution, as torchvision and most others do; the paper does it in the first
/// 1×1, which then skips three pixels of four.
/// <inheritdoc cref="ResNet"/>
/// </remarks>
public sealed class ResNet50 : ResNet
{
    /// <inheritdoc/>
    public override string Name => "resnet50";

    /// <inheritdoc/>
    public override string Description => "ResNet-50: sixteen residual bottlenecks 1x1, 3x3, 1x1 (deck F)";

    /// <inheritdoc/>
    public override int DefaultBatchSize => 32;

    /// <inheritdoc/>
    private protected override ReadOnlySpan<int> Blocks => [3, 4, 6, 3];

    /// <inheritdoc/>
    private protected override int Expansion => 4;

    /// <inheritdoc/>
    private protected override Network Body(int channels, int filters, int stride, Philox random) => new()
    {
        Convolution("conv1", channels, filters, 1, random),
        new BatchNormalization(filters) { Name = "bn1" },
        new ReLU(),
        Convolution("conv2", filters, filters, 3, random, stride),
        new BatchNormalization(filters) { Name = "bn2" },
        new ReLU(),
        Convolution("conv3", filters, filters * Expansion, 1, random),
        new BatchNormalization(filters * Expansion) { Name = "bn3" },
    };
}
