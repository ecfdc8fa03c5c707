using Engine.Tensors;

namespace Engine.Initializers;

/// <summary>Normal with mean 0 and variance 2 / fanIn.</summary>
/// <remarks>For rectifiers, which zero half of their inputs (He, Zhang, Ren and Sun, 2015, eq. 10).</remarks>
public sealed class HeNormal : Initializer
{
    /// <inheritdoc/>
    protected override int? NumbersPerDraw => 4;

    /// <inheritdoc/>
    protected override double Draw(Fan fan, Philox random) => Math.Sqrt(2.0 / fan.In) * random.NextNormal();
}
