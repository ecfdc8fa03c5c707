using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class DropoutCases
{
    public static LayerCase Small(Philox random) => Make(random, ElementwiseCases.SmallShape(random));

    public static LayerCase Realistic(Philox random) => Make(random, ElementwiseCases.RealisticShape(random));

    private static LayerCase Make(Philox random, Shape x)
    {
        double rate = random.OneIn(8) ? 0 : random.NextDouble(0.1, 0.8);
        Mode mode = random.OneIn(5) ? Mode.Inference : Mode.Training;

        // The mask belongs to positions, not to samples: no equivariance while training.
        return new LayerCase(new Dropout(rate), x, random, mode, $"rate {rate:G3}")
        {
            Traits = Traits.Linear | (mode == Mode.Inference ? Traits.BatchEquivariant | Traits.ChannelEquivariant : Traits.None),
        };
    }
}
