using Engine.Layers;
using Engine.Networks;
using Parallel = Engine.Networks.Parallel;

namespace Engine.Tests.Networks;

/// <summary>Networks of layers as they come, containers in containers.</summary>
internal static class RandomNetworks
{
    /// <summary>Layers as they come, on pictures that keep their size.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="picture">The shape of one sample.</param>
    /// <param name="length">How many layers.</param>
    /// <param name="depth">How deep containers may lie in containers.</param>
    public static Network Chain(Philox random, Shape picture, int length, int depth)
    {
        Network network = [];
        int channels = picture[0];
        Shape input = picture.Prepend(1);
        for (int i = 0; i < length; i++)
        {
            int filters = 1 + random.NextInt(5);
            switch (random.NextInt(depth > 0 ? 9 : 6))
            {
                case 0 or 1:
                    network.Add(new Conv2D(channels, filters, 3, random, padding: 1, bias: random.NextInt(2) == 0));
                    channels = filters;
                    break;
                case 2:
                    network.Add(new BatchNormalization(channels));
                    break;
                case 3:
                    network.Add(new Dropout(0.3));
                    break;
                case 4:
                    network.Add(random.NextInt(2) == 0 ? new ReLU() : new Tanh());
                    break;
                case 5:
                    network.Add(new MaxPooling2D(3, stride: 1, padding: 1));
                    break;
                case 6:
                    network.Add(Chain(random, picture.With(0, channels), random.NextInt(4), depth: 0));
                    channels = network.OutputShape(input)[1];
                    break;
                case 7:
                    Network body = Chain(random, picture.With(0, channels), random.NextInt(4), depth - 1);
                    body.Add(new Conv2D(body.OutputShape(picture.With(0, channels).Prepend(1))[1], channels, 1, random));
                    network.Add(new Residual(body, random.NextInt(2) == 0 ? null : new Conv2D(channels, channels, 1, random)));
                    break;
                default:
                    Shape here = picture.With(0, channels);
                    network.Add(new Parallel(Chain(random, here, 1 + random.NextInt(3), depth - 1), Chain(random, here, random.NextInt(3), depth - 1)));
                    channels = network.OutputShape(input)[1];
                    break;
            }
        }

        return network;
    }

    /// <summary>Gives a network biases, scales and statistics as training leaves them: none of them 0 or 1.</summary>
    public static void Live(Network network, Philox random)
    {
        foreach ((string path, Parameter parameter) in network.NamedParameters())
        {
            if (parameter.Shape.Rank == 1)
            {
                bool positive = path.EndsWith("gamma", StringComparison.Ordinal) || path.EndsWith("variance", StringComparison.Ordinal);
                for (int i = 0; i < parameter.Shape.ElementCount; i++)
                {
                    parameter.Value.SetFlat(i, positive ? 0.5 + random.NextDouble() : random.NextDouble() - 0.5);
                }
            }
        }
    }
}
