using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>ResNet-18: two blocks in each stage, of two 3×3 convolutions each. 11,689,512 parameters.</summary>
/// <remarks><inheritdoc cref="ResNet"/></remarks>
public sealed class ResNet18 : ResNet
{
    /// <inheritdoc/>
    public override string Name => "resnet18";

    /// <inheritdoc/>
    public override string Description => "ResNet-18: eight residual blocks of two 3x3 convolutions (deck F)";

    /// <inheritdoc/>
    private protected override ReadOnlySpan<int> Blocks => [2, 2, 2, 2];

    /// <inheritdoc/>
    private protected override int Expansion => 1;

    /// <inheritdoc/>
    private protected override Network Body(int channels, int filters, int stride, Philox random) => new()
    {
        Convolution("conv1", channels, filters, 3, random, stride),
        new BatchNormalization(filters) { Name = "bn1" },
        new ReLU(),
        Convolution("conv2", filters, filters, 3, random),
        new BatchNormalization(filters) { Name = "bn2" },
    };
}
