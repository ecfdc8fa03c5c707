using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>AlexNet in one tower: five convolutions, three of them followed by a max pooling, and three dense layers.</summary>
/// <remarks>
/// <code>
/// features    224×224×3
///   conv 11×11, 64, step 4, padding 2    55×55×64     max pooling 3×3, step 2    27×27
///   conv 5×5, 192, padding 2             27×27×192    max pooling 3×3, step 2    13×13
///   conv 3×3, 384, padding 1             13×13×384
///   conv 3×3, 256, padding 1             13×13×256
///   conv 3×3, 256, padding 1             13×13×256    max pooling 3×3, step 2     6×6
/// classifier  dropout ½, dense 4096, dropout ½, dense 4096, dense 1000
/// </code>
/// Every layer but the last is rectified. 61,100,840 parameters. (Krizhevsky, "One weird trick for parallelizing
/// convolutional neural networks", 2014, without the local response normalization, as in torchvision; the network of
/// Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", 2012, spread two
/// towers over two GPUs: decks F, R.)
/// torchvision averages the last maps to 6×6, which for 224×224 they are already; here the first dense layer fits the maps
/// that a size gives. Pictures below 63×63 are scanned in steps of 1 instead of 4.
/// </remarks>
public sealed class AlexNet : ImageModel
{
    /// <inheritdoc/>
    public override string Name => "alexnet";

    /// <inheritdoc/>
    public override string Description => "AlexNet, one tower: five convolutions, three dense layers (decks F, R)";

    /// <inheritdoc/>
    public override double DefaultLearningRate => 1e-4;

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random)
    {
        RequireImages(input, smallest: 21);
        HeNormal he = new();
        int step = Math.Min(input[1], input[2]) < 63 ? 1 : 4;
        Network network = new()
        {
            Sequential.Named(
                "features",
                new Conv2D(input[0], 64, 11, random, stride: step, padding: 2, weights: he),
                new ReLU(),
                new MaxPooling2D(3, stride: 2),
                new Conv2D(64, 192, 5, random, padding: 2, weights: he),
                new ReLU(),
                new MaxPooling2D(3, stride: 2),
                new Conv2D(192, 384, 3, random, padding: 1, weights: he),
                new ReLU(),
                new Conv2D(384, 256, 3, random, padding: 1, weights: he),
                new ReLU(),
                new Conv2D(256, 256, 3, random, padding: 1, weights: he),
                new ReLU(),
                new MaxPooling2D(3, stride: 2)),
            new Flatten(),
        };
        network.Add(Sequential.Named(
            "classifier",
            new Dropout(0.5),
            new Dense(Features(network, input), 4096, random, he),
            new ReLU(),
            new Dropout(0.5),
            new Dense(4096, 4096, random, he),
            new ReLU(),
            new Dense(4096, classes, random)));
        return network;
    }
}
