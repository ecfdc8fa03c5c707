using Engine.Networks;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>One logistic neuron that learns a logic gate by gradient descent (deck W).</summary>
/// <remarks>
/// The same two numbers in and one out as the perceptron, but with a slope to walk down. It learns AND and OR; like the
/// perceptron it draws one line and cannot learn XOR.
/// </remarks>
public sealed class SingleNeuron : ScalarModel
{
    /// <inheritdoc/>
    public override string Name => "neuron";

    /// <inheritdoc/>
    public override string Description => "one logistic neuron learns a logic gate by gradient descent (deck W)";

    /// <inheritdoc/>
    public override string DefaultDataset => "or";

    /// <inheritdoc/>
    public override Shape DefaultInput => [2];

    /// <inheritdoc/>
    public override int DefaultEpochs => 200;

    /// <inheritdoc/>
    public override int DefaultBatchSize => 4;

    /// <inheritdoc/>
    public override double DefaultLearningRate => 2;

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random) => new() { new Neuron(input.ElementCount, random) };
}
