using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;
using Parallel = Engine.Networks.Parallel;

namespace Engine.Models;

/// <summary>GoogLeNet: nine inception modules, each four branches side by side. 6,624,904 parameters.</summary>
/// <remarks>
/// <code>
///                                   1×1   3×3: reduce, conv   5×5: reduce, conv   pooling    output
/// conv1        7×7, step 2                                                                  112×112×64
/// conv2, 3     max pooling, 1×1, 3×3                                                         56×56×192
/// inception3a  max pooling before    64         96, 128            16,  32             32    28×28×256
/// inception3b                       128        128, 192            32,  96             64    28×28×480
/// inception4a  max pooling before   192         96, 208            16,  48             64    14×14×512
/// inception4b                       160        112, 224            24,  64             64    14×14×512
/// inception4c                       128        128, 256            24,  64             64    14×14×512
/// inception4d                       112        144, 288            32,  64             64    14×14×528
/// inception4e                       256        160, 320            32, 128            128    14×14×832
/// inception5a  max pooling before   256        160, 320            32, 128            128     7×7×832
/// inception5b                       384        192, 384            48, 128            128     7×7×1024
/// avgpool, dropout 0.2, fc                                                                   1000
/// </code>
/// The 1×1 convolutions that reduce the channels first are what makes the large ones affordable. (Szegedy et al., "Going
/// deeper with convolutions", 2015, table 1; deck F.)
/// This is torchvision's variant, so that weights can be exchanged: every convolution is followed by batch normalization
/// with ε = 0.001 in place of a bias, and the 5×5 branch has 3×3 kernels. Max poolings see what there is at an odd border;
/// for pictures whose sides are multiples of 32 that is torchvision's <c>ceil_mode</c>.
/// </remarks>
public sealed class GoogLeNet : ImageModel
{
    private static readonly HeNormal He = new();

    /// <inheritdoc/>
    public override string Name => "googlenet";

    /// <inheritdoc/>
    public override string Description => "GoogLeNet: nine inception modules of four branches (deck F)";

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random)
    {
        RequireImages(input, smallest: 2);
        return
        [
            Convolution(input[0], 64, 7, random, stride: 2, name: "conv1"),
            Halve("maxpool1", 3),
            Convolution(64, 64, 1, random, name: "conv2"),
            Convolution(64, 192, 3, random, name: "conv3"),
            Halve("maxpool2", 3),
            Inception("3a", 192, 64, 96, 128, 16, 32, 32, random),
            Inception("3b", 256, 128, 128, 192, 32, 96, 64, random),
            Halve("maxpool3", 3),
            Inception("4a", 480, 192, 96, 208, 16, 48, 64, random),
            Inception("4b", 512, 160, 112, 224, 24, 64, 64, random),
            Inception("4c", 512, 128, 128, 256, 24, 64, 64, random),
            Inception("4d", 512, 112, 144, 288, 32, 64, 64, random),
            Inception("4e", 528, 256, 160, 320, 32, 128, 128, random),
            Halve("maxpool4", 2),
            Inception("5a", 832, 256, 160, 320, 32, 128, 128, random),
            Inception("5b", 832, 384, 192, 384, 48, 128, 128, random),
            new GlobalAveragePooling2D { Name = "avgpool" },
            new Dropout(0.2),
            new Dense(1024, classes, random) { Name = "fc" },
        ];
    }

    /// <summary>An inception module: what each branch sees of the same maps, side by side.</summary>
    private static Parallel Inception(string name, int channels, int one, int reduce3, int three, int reduce5, int five, int pooled, Philox random) =>
        new(
            Convolution(channels, one, 1, random),
            Sequential.Named("branch2", Convolution(channels, reduce3, 1, random), Convolution(reduce3, three, 3, random)),
            Sequential.Named("branch3", Convolution(channels, reduce5, 1, random), Convolution(reduce5, five, 3, random)),
            Sequential.Named("branch4", new MaxPooling2D(3, stride: 1, padding: 1), Convolution(channels, pooled, 1, random)))
        {
            Name = $"inception{name}",
        };

    /// <summary>Convolution, batch normalization, rectifier.</summary>
    private static Network Convolution(int channels, int filters, int kernel, Philox random, int stride = 1, string? name = null)
    {
        Network block = new()
        {
            new Conv2D(channels, filters, kernel, random, stride, padding: kernel / 2, weights: He, bias: false) { Name = "conv" },
            new BatchNormalization(filters, epsilon: 1e-3) { Name = "bn" },
            new ReLU(),
        };
        if (name is not null)
        {
            block.Name = name;
        }

        return block;
    }

    private static MaxPooling2D Halve(string name, int kernel) => new(kernel, stride: 2, padding: Padding.Same) { Name = name };
}
