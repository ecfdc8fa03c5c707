using Engine.Tensors;

namespace Engine.Initializers;

/// <summary>Uniform on [low, high).</summary>
/// <param name="low">The smallest value.</param>
/// <param name="high">Above the largest value.</param>
public sealed class Uniform(double low, double high) : Initializer
{
    /// <inheritdoc/>
    protected override int? NumbersPerDraw => 2;

    /// <inheritdoc/>
    protected override double Draw(Fan fan, Philox random) => random.NextDouble(low, high);
}
