using Engine.Networks;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class NeuronCases
{
    public static LayerCase Small(Philox random) => Make(random, random.Between(2, 6), random.Between(1, 9));

    public static LayerCase Realistic(Philox random) => Make(random, random.Between(9, 33), random.Between(10, 40));

    private static LayerCase Make(Philox random, int samples, int inputs) =>
        new(new Neuron(inputs, random), [samples, inputs], random) { Traits = Traits.BatchEquivariant };
}
