using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>VGG16: thirteen 3×3 convolutions in five blocks, each block half as large and deeper, and three dense layers.</summary>
/// <remarks>
/// <code>
/// features    224×224×3
///   [conv 3×3, 64]×2     224×224    max pooling 2×2
///   [conv 3×3, 128]×2    112×112    max pooling 2×2
///   [conv 3×3, 256]×3     56×56     max pooling 2×2
///   [conv 3×3, 512]×3     28×28     max pooling 2×2
///   [conv 3×3, 512]×3     14×14     max pooling 2×2    7×7
/// classifier  dense 4096, dropout ½, dense 4096, dropout ½, dense 1000
/// </code>
/// All convolutions have padding 1, and every layer but the last is rectified: two of them see 5×5 pixels, three 7×7, with
/// fewer weights than one large kernel. 138,357,544 parameters, 103 million of them in the first dense layer. (Simonyan
/// and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015, configuration D; deck F.)
/// torchvision averages the last maps to 7×7, which for 224×224 they are already; here the first dense layer fits the maps
/// that a size gives, a pooling at an odd border seeing the pixels there are.
/// </remarks>
public sealed class Vgg16 : ImageModel
{
    private static readonly (int Convolutions, int Filters)[] Blocks = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];

    /// <inheritdoc/>
    public override string Name => "vgg16";

    /// <inheritdoc/>
    public override string Description => "VGG16: thirteen 3x3 convolutions in five blocks, three dense layers (deck F)";

    /// <inheritdoc/>
    public override int DefaultBatchSize => 32;

    /// <inheritdoc/>
    public override double DefaultLearningRate => 1e-4;

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random)
    {
        RequireImages(input, smallest: 2);
        HeNormal he = new();
        Network features = new() { Name = "features" };
        int channels = input[0];
        foreach ((int convolutions, int filters) in Blocks)
        {
            for (int i = 0; i < convolutions; i++)
            {
                features.AddNext(new Conv2D(channels, filters, 3, random, padding: 1, weights: he));
                features.AddNext(new ReLU());
                channels = filters;
            }

            features.AddNext(new MaxPooling2D(2, padding: Padding.Same));
        }

        return new Network
        {
            features,
            new Flatten(),
            Sequential.Named(
                "classifier",
                new Dense(Features(features, input), 4096, random, he),
                new ReLU(),
                new Dropout(0.5),
                new Dense(4096, 4096, random, he),
                new ReLU(),
                new Dropout(0.5),
                new Dense(4096, classes, random)),
        };
    }
}
