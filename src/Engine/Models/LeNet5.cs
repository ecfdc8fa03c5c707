using Engine.Data;
using Engine.Layers;
using Engine.Networks;
using Engine.Schedules;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>LeNet-5: three 5×5 convolutions of depth 6, 16 and 120 with tanh, two average poolings, two dense layers.</summary>
/// <remarks>
/// LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998, figure 2, with
/// every map of the second convolution connected to all maps of the first, and a softmax for the radial basis functions
/// (decks F, R). The paper's 32×32 input is the 28×28 digit with two pixels of padding.
/// </remarks>
public sealed class LeNet5 : ModelDefinition
{
    /// <inheritdoc/>
    public override string Name => "lenet5";

    /// <inheritdoc/>
    public override string Description => "LeNet-5, the convolutional digit reader of 1998 (decks F, R)";

    /// <inheritdoc/>
    public override string DefaultDataset => "mnist";

    /// <inheritdoc/>
    public override Shape DefaultInput => [1, 28, 28];

    /// <inheritdoc/>
    public override int DefaultEpochs => 10;

    /// <inheritdoc/>
    public override int DefaultBatchSize => 64;

    /// <inheritdoc/>
    public override double DefaultLearningRate => 2e-3;

    /// <inheritdoc/>
    public override Augmentation? CreateAugmentation(ulong seed) => new RandomShift(1, seed);

    /// <inheritdoc/>
    public override Schedule? CreateSchedule(double learningRate) => new CosineDecay(learningRate);

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random)
    {
        if (input.Rank != 3 || input[1] < 28 || input[2] < 28)
        {
            throw new ShapeException($"LeNet-5 reads images of at least 28×28, C×H×W, given {input}.");
        }

        Network network = new()
        {
            new Conv2D(input[0], 6, 5, random, padding: 2) { Name = "c1" },
            new Tanh(),
            new AveragePooling2D(2) { Name = "s2" },
            new Conv2D(6, 16, 5, random) { Name = "c3" },
            new Tanh(),
            new AveragePooling2D(2) { Name = "s4" },
            new Conv2D(16, 120, 5, random) { Name = "c5" },
            new Tanh(),
            new Flatten(),
        };
        int features = network.OutputShape(input.Prepend(1))[1];
        network.Add(new Dense(features, 84, random) { Name = "f6" });
        network.Add(new Tanh());
        network.Add(new Dense(84, classes, random) { Name = "output" });
        return network;
    }
}
