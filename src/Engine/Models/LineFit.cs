using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>A neuron without activation is a line: ŷ = m·x + b, fitted to two points from m = −1, b = 5 (deck F).</summary>
public sealed class LineFit : ScalarModel
{
    /// <inheritdoc/>
    public override string Name => "line-fit";

    /// <inheritdoc/>
    public override string Description => "a linear neuron fits a line through (1, 3) and (2, 5) (deck F)";

    /// <inheritdoc/>
    public override string DefaultDataset => "line";

    /// <inheritdoc/>
    public override Shape DefaultInput => [1];

    /// <inheritdoc/>
    public override int DefaultEpochs => 200;

    /// <inheritdoc/>
    public override int DefaultBatchSize => 2;

    /// <inheritdoc/>
    public override double DefaultLearningRate => 0.1;

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random)
    {
        Dense line = new(input.ElementCount, 1, random, new Constant(-1)) { Name = "line" };
        line.Bias!.Value.SetFlat(0, 5);
        return new Network { line };
    }
}
