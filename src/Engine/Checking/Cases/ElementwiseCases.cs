using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class ElementwiseCases
{
    public static LayerCase Small(Layer layer, Philox random) => Make(layer, SmallShape(random), random);

    public static LayerCase Realistic(Layer layer, Philox random) => Make(layer, RealisticShape(random), random);

    public static LayerCase SmallFlatten(Philox random) => MakeFlatten(SmallShape(random), random);

    public static LayerCase RealisticFlatten(Philox random) => MakeFlatten(RealisticShape(random), random);

    /// <summary>Rank 2 to 4, sizes that fill no vector register.</summary>
    public static Shape SmallShape(Philox random) => random.NextInt(3) switch
    {
        0 => [random.Between(2, 7), random.Between(2, 13)],
        1 => [random.Between(2, 4), random.Between(2, 4), random.Between(3, 7)],
        _ => [random.Between(2, 3), random.Between(2, 3), random.Between(2, 3), random.Between(4, 5)],
    };

    public static Shape RealisticShape(Philox random) => random.NextInt(2) switch
    {
        0 => [random.Between(16, 33), random.Between(20, 70)],
        _ => [random.Between(2, 5), random.Between(3, 6), random.Between(6, 9), random.Between(10, 13)],
    };

    private static LayerCase Make(Layer layer, Shape x, Philox random) => new(layer, x, random)
    {
        Traits = Traits.BatchEquivariant | Traits.ChannelEquivariant | layer switch
        {
            ReLU => Traits.Homogeneous,
            Softmax => Traits.IgnoresRowShift,
            _ => Traits.None,
        },
    };

    private static LayerCase MakeFlatten(Shape x, Philox random) =>
        new(new Flatten(), x, random) { Traits = Traits.Linear | Traits.BatchEquivariant };
}
