using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>Input for benchmarks: uniform on [−½, ½).</summary>
internal static class RandomTensor
{
    public static Tensor Create(Shape shape, Philox random)
    {
        Tensor tensor = new(shape);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = (float)random.NextDouble(-0.5, 0.5);
        }

        return tensor;
    }
}
