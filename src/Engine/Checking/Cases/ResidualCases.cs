using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class ResidualCases
{
    public static LayerCase Small(Philox random) => random.NextInt(3) switch
    {
        0 => Dense(random, random.Between(3, 6), random.Between(2, 6)),
        1 => Identity(random, [2, random.Between(2, 3), random.Between(3, 4), random.Between(5, 6)]),
        _ => Projection(random, [2, 2, random.Between(3, 5), random.Between(6, 7)], random.Between(2, 4)),
    };

    public static LayerCase Realistic(Philox random) => random.NextInt(2) switch
    {
        0 => Identity(random, [3, 4, random.Between(6, 8), random.Between(9, 12)]),
        _ => Projection(random, [3, 4, random.Between(6, 8), random.Between(9, 12)], 6),
    };

    private static LayerCase Dense(Philox random, int samples, int width) => Make(
        "x + Dense·Tanh·Dense",
        new Residual(new Network { new Dense(width, 4, random), new Tanh(), new Dense(4, width, random) }),
        [samples, width],
        random);

    private static LayerCase Identity(Philox random, Shape x) => Make(
        "x + Conv2D·BatchNormalization·ReLU·Conv2D",
        new Residual(new Network
        {
            new Conv2D(x[1], 3, 3, random, padding: Padding.Same),
            new BatchNormalization(3),
            new ReLU(),
            new Conv2D(3, x[1], 3, random, padding: Padding.Same),
        }),
        x,
        random);

    private static LayerCase Projection(Philox random, Shape x, int filters) => Make(
        $"Conv2D 1, stride 2 + Conv2D 3, stride 2·ReLU·Conv2D, {x[1]}→{filters}",
        new Residual(
            new Network
            {
                new Conv2D(x[1], filters, 3, random, stride: 2, padding: Padding.Same),
                new ReLU(),
                new Conv2D(filters, filters, 3, random, padding: Padding.Same),
            },
            new Conv2D(x[1], filters, 1, random, stride: 2, bias: false)),
        x,
        random);

    private static LayerCase Make(string settings, Residual layer, Shape x, Philox random) =>
        new(layer, x, random, configuration: settings) { Traits = Traits.BatchEquivariant };
}
