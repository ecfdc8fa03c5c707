using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class DenseCases
{
    public static LayerCase Small(Philox random) => Make(random, random.Between(2, 5), random.Between(2, 9), random.Between(2, 9));

    public static LayerCase Realistic(Philox random) => Make(random, random.Between(9, 33), random.Between(50, 130), random.Between(10, 70));

    private static LayerCase Make(Philox random, int samples, int inputs, int outputs)
    {
        bool bias = !random.OneIn(4);
        Dense layer = new(inputs, outputs, random, bias: bias);
        return new LayerCase(layer, [samples, inputs], random, configuration: $"{inputs}→{outputs}{(bias ? "" : ", no bias")}")
        {
            Traits = Traits.LinearInParameters | Traits.BatchEquivariant | (bias ? Traits.None : Traits.Linear),
        };
    }
}
