using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>Logistic regression: one linear neuron whose output is the log-odds of class 1 (deck R).</summary>
public sealed class LogisticRegression : ScalarModel
{
    /// <inheritdoc/>
    public override string Name => "logistic";

    /// <inheritdoc/>
    public override string Description => "logistic regression separates two clouds of points (deck R)";

    /// <inheritdoc/>
    public override string DefaultDataset => "blobs";

    /// <inheritdoc/>
    public override Shape DefaultInput => [2];

    /// <inheritdoc/>
    public override int DefaultEpochs => 20;

    /// <inheritdoc/>
    public override int DefaultBatchSize => 16;

    /// <inheritdoc/>
    public override double DefaultLearningRate => 0.5;

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random) => new() { new Dense(input.ElementCount, 1, random) };

    /// <inheritdoc/>
    public override Loss CreateLoss() => new BinaryCrossEntropy();
}
