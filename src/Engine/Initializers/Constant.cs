using Engine.Tensors;

namespace Engine.Initializers;

/// <summary>
/// The same value everywhere. Good for worked examples; a hidden layer that starts so never breaks the symmetry between
/// its neurons.
/// </summary>
/// <param name="value">The value.</param>
public sealed class Constant(double value) : Initializer
{
    /// <inheritdoc/>
    protected override int? NumbersPerDraw => 0;

    /// <inheritdoc/>
    protected override double Draw(Fan fan, Philox random) => value;
}
