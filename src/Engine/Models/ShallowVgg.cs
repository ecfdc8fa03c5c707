using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;
using Engine.Schedules;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>ShallowVGGNet: two blocks of two 3×3 convolutions with batch normalization, then a dense layer (deck S).</summary>
/// <remarks>
/// [Conv 3×3×32 same, ReLU, BN]×2, MaxPool 2, Dropout .25, [Conv 3×3×64 same, ReLU, BN]×2, MaxPool 2, Dropout .25,
/// Flatten, Dense 512, ReLU, BN, Dropout .5, Dense. The final softmax is in the loss. After Simonyan and Zisserman,
/// "Very deep convolutional networks for large-scale image recognition", 2015.
/// </remarks>
public sealed class ShallowVgg : ModelDefinition
{
    /// <inheritdoc/>
    public override string Name => "shallow-vgg";

    /// <inheritdoc/>
    public override string Description => "ShallowVGGNet: four 3x3 convolutions, batch normalization, dropout (deck S)";

    /// <inheritdoc/>
    public override string DefaultDataset => "mnist";

    /// <inheritdoc/>
    public override Shape DefaultInput => [1, 28, 28];

    /// <inheritdoc/>
    public override int DefaultEpochs => 3;

    /// <inheritdoc/>
    public override int DefaultBatchSize => 64;

    /// <inheritdoc/>
    public override double DefaultLearningRate => 1e-3;

    /// <inheritdoc/>
    public override Schedule? CreateSchedule(double learningRate) => new CosineDecay(learningRate);

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random)
    {
        if (input.Rank != 3 || input[1] < 4 || input[2] < 4)
        {
            throw new ShapeException($"ShallowVGGNet reads images of at least 4×4, C×H×W, given {input}.");
        }

        HeNormal he = new();
        Network network = [];
        int channels = input[0];
        foreach (int filters in (ReadOnlySpan<int>)[32, 64])
        {
            for (int i = 0; i < 2; i++)
            {
                network.Add(new Conv2D(channels, filters, 3, random, padding: Padding.Same, weights: he));
                network.Add(new ReLU());
                network.Add(new BatchNormalization(filters));
                channels = filters;
            }

            network.Add(new MaxPooling2D(2));
            network.Add(new Dropout(0.25));
        }

        network.Add(new Flatten());
        network.Add(new Dense(network.OutputShape(input.Prepend(1))[1], 512, random, he));
        network.Add(new ReLU());
        network.Add(new BatchNormalization(512));
        network.Add(new Dropout(0.5));
        network.Add(new Dense(512, classes, random));
        return network;
    }
}
