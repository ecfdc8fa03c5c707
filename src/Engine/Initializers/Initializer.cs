using Engine.Tensors;

namespace Engine.Initializers;

/// <summary>A way to draw the first values of a weight.</summary>
/// <remarks>
/// Numbers are drawn in Float64 and rounded, so that a seed gives the same network whatever the type it is trained in.
/// </remarks>
public abstract class Initializer
{
    /// <summary>A new Float32 tensor with random values.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="fan">How many inputs and outputs each neuron has.</param>
    /// <param name="random">Where the numbers come from.</param>
    public Tensor Create(Shape shape, Fan fan, Philox random)
    {
        Tensor tensor = new(shape);
        Span<float> values = tensor.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)Draw(fan, random);
        }

        return tensor;
    }

    /// <summary>The same tensor, but drawn when it is asked for.</summary>
    /// <remarks>
    /// The numbers are set aside at once: <paramref name="random"/> goes on behind them, so that which are asked for, and
    /// when, changes none. An initializer that does not say how many it takes draws now.
    /// </remarks>
    /// <inheritdoc cref="Create" path="/param"/>
    internal Func<Tensor> Later(Shape shape, Fan fan, Philox random)
    {
        if (NumbersPerDraw is not { } numbers)
        {
            Tensor drawn = Create(shape, fan, random);
            return () => drawn;
        }

        Philox own = new(random.Seed, random.Stream) { Position = random.Position };
        random.Position += (ulong)numbers * (ulong)shape.ElementCount;
        return () => Create(shape, fan, own);
    }

    /// <summary>How many 32-bit numbers each <see cref="Draw"/> takes, where that is known: 2 for a uniform one, 4 for a normal one.</summary>
    protected virtual int? NumbersPerDraw => null;

    /// <summary>One value.</summary>
    protected abstract double Draw(Fan fan, Philox random);
}

/// <summary>The connections of a neuron.</summary>
/// <param name="In">Inputs that each output sums over.</param>
/// <param name="Out">Outputs that each input takes part in.</param>
public readonly record struct Fan(int In, int Out);
