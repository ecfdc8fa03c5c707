using Engine.Layers;
using Engine.Networks;
using Engine.Schedules;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>The dense digit reader 784-512-10: 407,050 parameters, 401,920 of them in the first layer (decks F, S).</summary>
public sealed class MnistMlp : ModelDefinition
{
    /// <inheritdoc/>
    public override string Name => "mnist-mlp";

    /// <inheritdoc/>
    public override string Description => "dense network 784-512-10 reads digits (decks F, S)";

    /// <inheritdoc/>
    public override string DefaultDataset => "mnist";

    /// <inheritdoc/>
    public override Shape DefaultInput => [1, 28, 28];

    /// <inheritdoc/>
    public override int DefaultEpochs => 5;

    /// <inheritdoc/>
    public override int DefaultBatchSize => 128;

    /// <inheritdoc/>
    public override double DefaultLearningRate => 2e-3;

    /// <inheritdoc/>
    public override Schedule? CreateSchedule(double learningRate) => new CosineDecay(learningRate);

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random) => new()
    {
        new Flatten(),
        new Dense(input.ElementCount, 512, random),
        new ReLU(),
        new Dense(512, classes, random),
    };
}
