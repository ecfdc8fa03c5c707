using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>The 2-2-1 network of logistic neurons, trained by stochastic gradient descent (deck W).</summary>
public sealed class TwoTwoOne : ScalarModel
{
    /// <inheritdoc/>
    public override string Name => "two-two-one";

    /// <inheritdoc/>
    public override string Description => "2-2-1 network of logistic neurons, height and weight to a class (deck W)";

    /// <inheritdoc/>
    public override string DefaultDataset => "athletes";

    /// <inheritdoc/>
    public override Shape DefaultInput => [2];

    /// <inheritdoc/>
    public override int DefaultEpochs => 500;

    /// <inheritdoc/>
    public override int DefaultBatchSize => 1;

    /// <inheritdoc/>
    public override double DefaultLearningRate => 0.1;

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random) => new()
    {
        new Dense(input.ElementCount, 2, random, new Normal(0, 1)),
        new Logistic(),
        new Dense(2, 1, random, new Normal(0, 1)),
        new Logistic(),
    };
}
