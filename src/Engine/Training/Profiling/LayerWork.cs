using Engine.Layers;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>What a layer has to do at the least: its floating-point operations, and the bytes it reads and writes.</summary>
/// <remarks>
/// An operation is a multiplication or an addition, so a multiply–add is two. On the way back a layer with weights does
/// them twice, once for ∂L/∂θ and once for ∂L/∂x, which the first layer leaves out. Every
/// tensor counts once, whatever the caches make of it: divided by the time this is the rate to hold against the machine's
/// peak (Williams, Waterman and Patterson, "Roofline", 2009).
/// Containers do nothing themselves, and a layer that hands on the memory it was given moves nothing.
/// </remarks>
/// <param name="Flops">Floating-point operations.</param>
/// <param name="Bytes">Bytes read and written.</param>
internal readonly record struct LayerWork(long Flops, long Bytes)
{
    /// <summary>Forward: reads x and θ, writes y and what else it saves.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">Its input.</param>
    /// <param name="y">Its output.</param>
    /// <param name="saved">What it saved for the way back.</param>
    public static LayerWork Forward(Layer layer, Tensor x, Tensor y, IEnumerable<Tensor> saved)
    {
        if (layer.Children.Count > 0 || IsSame(x, y))
        {
            return default;
        }

        long extra = saved.Where(tensor => !IsSame(tensor, x) && !IsSame(tensor, y)).Sum(SizeOf);
        return new LayerWork(2 * layer.MultiplyAdds(x.Shape), SizeOf(x) + SizeOf(y) + extra + layer.Parameters.Sum(p => SizeOf(p.Value)));
    }

    /// <summary>Backward: reads ∂L/∂y, θ and what was saved, writes ∂L/∂x where it is wanted, and adds to ∂L/∂θ.</summary>
    /// <param name="layer">A layer that moves something.</param>
    /// <param name="g">∂L/∂y.</param>
    /// <param name="x">The shape of its input.</param>
    /// <param name="savedBytes">The size of what it had saved.</param>
    /// <param name="wantsInputGradient">False where nobody asks for ∂L/∂x.</param>
    public static LayerWork Backward(Layer layer, Tensor g, Shape x, long savedBytes, bool wantsInputGradient)
    {
        int products = (layer.Parameters.Any(p => p.Learns) ? 1 : 0) + (wantsInputGradient ? 1 : 0);
        long dx = wantsInputGradient ? (long)x.ElementCount * g.DType.Size() : 0;
        long ofParameters = layer.Parameters.Sum(p => SizeOf(p.Value) + (p.Learns ? 2 * SizeOf(p.Value) : 0));
        return new LayerWork(products * 2 * layer.MultiplyAdds(x), SizeOf(g) + dx + savedBytes + ofParameters);
    }

    /// <summary>Bytes of a tensor.</summary>
    public static long SizeOf(Tensor tensor) => (long)tensor.ElementCount * tensor.DType.Size();

    private static bool IsSame(Tensor a, Tensor b) => a.Memory == b.Memory;
}
