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

    /// <summary>One value.</summary>
    protected abstract double Draw(Fan fan, Philox random);
}

/// <summary>The connections of a neuron.</summary>
/// <param name="In">Inputs that each output sums over.</param>
/// <param name="Out">Outputs that each input takes part in.</param>
public readonly record struct Fan(int In, int Out);
