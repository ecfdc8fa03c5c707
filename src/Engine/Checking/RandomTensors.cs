using Engine.Tensors;

namespace Engine.Checking;

/// <summary>Random Float64 tensors in main memory.</summary>
public static class RandomTensors
{
    /// <summary>Standard normal numbers.</summary>
    public static Tensor Normal(Shape shape, Philox random) => Draw(shape, random, r => r.NextNormal());

    /// <summary>
    /// A random sign times a uniform number on [0.5, 1.5): what a gradient is seeded with. Never constant, so that what
    /// cancels under a constant does not; never near zero, so that every element counts.
    /// </summary>
    public static Tensor Signed(Shape shape, Philox random) =>
        Draw(shape, random, r => (r.NextInt(2) == 0 ? -1 : 1) * r.NextDouble(0.5, 1.5));

    private static Tensor Draw(Shape shape, Philox random, Func<Philox, double> draw)
    {
        Tensor tensor = new(shape, DType.Float64);
        foreach (ref double value in tensor.AsSpan<double>())
        {
            value = draw(random);
        }

        return tensor;
    }
}
