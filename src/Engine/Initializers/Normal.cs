using Engine.Tensors;

namespace Engine.Initializers;

/// <summary>Normal with a mean and a standard deviation.</summary>
/// <param name="mean">The mean.</param>
/// <param name="deviation">The standard deviation.</param>
public sealed class Normal(double mean, double deviation) : Initializer
{
    /// <inheritdoc/>
    protected override int? NumbersPerDraw => 4;

    /// <inheritdoc/>
    protected override double Draw(Fan fan, Philox random) => mean + (deviation * random.NextNormal());
}
