using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class BatchNormalizationCases
{
    public static LayerCase Small(Philox random) => Make(random, random.OneIn(2)
        ? [random.Between(3, 9), random.Between(2, 5)]
        : [random.Between(2, 4), random.Between(2, 3), random.Between(1, 3), random.Between(4, 5)]);

    public static LayerCase Realistic(Philox random) =>
        Make(random, [random.Between(4, 9), random.Between(3, 8), random.Between(5, 9), random.Between(10, 13)]);

    private static LayerCase Make(Philox random, Shape x)
    {
        // A large ε too: one that is forgotten would else hardly show.
        double epsilon = random.OneOf(1e-5, 1e-3, 0.1);
        Mode mode = random.OneOf(Mode.Training, Mode.Training, Mode.Inference);
        return new LayerCase(new BatchNormalization(x[1], epsilon: epsilon), x, random, mode, $"ε {epsilon}")
        {
            Traits = Traits.LinearInParameters | Traits.BatchEquivariant
                | (mode == Mode.Training ? Traits.ChannelEquivariant | Traits.IgnoresChannelShift : Traits.None),
        };
    }
}
