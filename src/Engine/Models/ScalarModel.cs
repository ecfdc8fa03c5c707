using Engine.Layers;
using Engine.Losses;
using Engine.Optimizers;

namespace Engine.Models;

/// <summary>A small system that answers with one number and learns by plain gradient descent on the squared error.</summary>
public abstract class ScalarModel : ModelDefinition
{
    /// <inheritdoc/>
    public override int DefaultClasses => 1;

    /// <inheritdoc/>
    public override Loss CreateLoss() => new MeanSquaredError();

    /// <inheritdoc/>
    public override Optimizer CreateOptimizer(Layer network, double learningRate) => new Sgd(network, learningRate);
}
