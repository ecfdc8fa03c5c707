using Engine.Losses;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class SquaredErrorCases
{
    public static LossCase Small(Philox random) => Make(random, ElementwiseCases.SmallShape(random));

    public static LossCase Realistic(Philox random) => Make(random, ElementwiseCases.RealisticShape(random));

    private static LossCase Make(Philox random, Shape shape) =>
        new(new MeanSquaredError(), RandomTensors.Normal(shape, random), RandomTensors.Normal(shape, random));
}
