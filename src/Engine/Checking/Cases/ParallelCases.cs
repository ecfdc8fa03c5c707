using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;
using Parallel = Engine.Networks.Parallel;

namespace Engine.Checking.Cases;

internal static class ParallelCases
{
    public static LayerCase Small(Philox random) => random.NextInt(3) switch
    {
        0 => Dense(random, [random.Between(2, 5), random.Between(2, 5)]),
        1 => Inception(random, [2, random.Between(2, 3), random.Between(3, 4), random.Between(5, 6)], 2),
        _ => Shared(random, [2, 2, random.Between(3, 4), random.Between(5, 6)]),
    };

    public static LayerCase Realistic(Philox random) =>
        Inception(random, [3, random.Between(3, 5), random.Between(6, 8), random.Between(9, 12)], 4);

    private static LayerCase Dense(Philox random, Shape x) => Make(
        "Dense | Dense·Tanh | Dense",
        new Parallel(
            new Dense(x[1], 2, random),
            new Network { new Dense(x[1], 3, random), new Tanh() },
            new Dense(x[1], 1, random, bias: false)),
        x,
        random);

    private static LayerCase Inception(Philox random, Shape x, int filters) => Make(
        "Conv2D 1·ReLU | Conv2D 1·Tanh·Conv2D 3 | MaxPooling2D·Conv2D 1",
        new Parallel(
            new Network { new Conv2D(x[1], filters, 1, random), new ReLU() },
            new Network { new Conv2D(x[1], 2, 1, random), new Tanh(), new Conv2D(2, filters + 1, 3, random, padding: 1) },
            new Network { new MaxPooling2D(3, 1, 1), new Conv2D(x[1], 1, 1, random) }),
        x,
        random);

    private static LayerCase Shared(Philox random, Shape x)
    {
        Conv2D shared = new(x[1], 3, 3, random, padding: 1) { Name = "shared" };
        return Make(
            "Conv2D | Tanh·the same Conv2D",
            new Parallel(shared, new Network { new Tanh(), shared }),
            x,
            random);
    }

    private static LayerCase Make(string settings, Parallel layer, Shape x, Philox random) =>
        new(layer, x, random, configuration: settings) { Traits = Traits.BatchEquivariant };
}
