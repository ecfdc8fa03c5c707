using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class NetworkCases
{
    public static LayerCase Small(Philox random) => random.NextInt(5) switch
    {
        0 => Perceptrons(random, random.Between(3, 6), 5, 4),
        1 => Convolutional(random, [2, 2, random.Between(5, 6), random.Between(7, 8)], 3),
        2 => SharedDense(random, random.Between(2, 5), random.Between(2, 6)),
        3 => SharedConvolution(random, [2, 2, random.Between(3, 4), random.Between(5, 6)]),
        _ => WithDropout(random, random.Between(4, 7), 5),
    };

    public static LayerCase Realistic(Philox random) => random.NextInt(3) switch
    {
        0 => Perceptrons(random, 16, 30, 20),
        1 => Convolutional(random, [4, 3, random.Between(10, 12), random.Between(13, 15)], 6),
        _ => WithDropout(random, 16, 24),
    };

    private static LayerCase Perceptrons(Philox random, int samples, int inputs, int hidden) => Make(
        "Dense·Tanh·Dense·Logistic·Dense",
        new Network
        {
            new Dense(inputs, hidden, random),
            new Tanh(),
            new Dense(hidden, hidden, random),
            new Logistic(),
            new Dense(hidden, 3, random),
        },
        [samples, inputs],
        random);

    private static LayerCase Convolutional(Philox random, Shape x, int filters)
    {
        Network features = new()
        {
            new Conv2D(x[1], filters, 3, random, padding: Padding.Same),
            new BatchNormalization(filters),
            new ReLU(),
            new MaxPooling2D(2),
        };
        Shape y = features.OutputShape(x);
        return Make(
            "(Conv2D·BatchNormalization·ReLU·MaxPooling2D)·Flatten·Dense·Softmax",
            new Network { features, new Flatten(), new Dense(y.ElementCount / y[0], 4, random), new Softmax() },
            x,
            random);
    }

    private static LayerCase SharedDense(Philox random, int samples, int width)
    {
        Dense shared = new(width, width, random);
        return Make("the same Dense three times, Tanh between", new Network { shared, new Tanh(), shared, new Tanh(), shared }, [samples, width], random);
    }

    private static LayerCase SharedConvolution(Philox random, Shape x)
    {
        Conv2D shared = new(x[1], x[1], 3, random, padding: Padding.Same);
        return Make("the same Conv2D twice, Tanh between", new Network { shared, new Tanh(), shared }, x, random);
    }

    private static LayerCase WithDropout(Philox random, int samples, int inputs) => new(
        new Network { new Dense(inputs, 6, random), new ReLU(), new Dropout(0.4), new Dense(6, 5, random), new Dropout(0.2) },
        [samples, inputs],
        random,
        random.OneOf(Mode.Training, Mode.Training, Mode.Inference),
        "Dense·ReLU·Dropout·Dense·Dropout");

    private static LayerCase Make(string settings, Network network, Shape x, Philox random) =>
        new(network, x, random, configuration: settings) { Traits = Traits.BatchEquivariant };
}
