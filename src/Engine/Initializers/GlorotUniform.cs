using Engine.Tensors;

namespace Engine.Initializers;

/// <summary>Uniform on ±√(6 / (fanIn + fanOut)): variance 2 / (fanIn + fanOut).</summary>
/// <remarks>Keeps the variance of activations and of gradients level for symmetric activations (Glorot and Bengio, 2010, eq. 16).</remarks>
public sealed class GlorotUniform : Initializer
{
    /// <inheritdoc/>
    protected override int? NumbersPerDraw => 2;

    /// <inheritdoc/>
    protected override double Draw(Fan fan, Philox random)
    {
        double limit = Math.Sqrt(6.0 / (fan.In + fan.Out));
        return random.NextDouble(-limit, limit);
    }
}
