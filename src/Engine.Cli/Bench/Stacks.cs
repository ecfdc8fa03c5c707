using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>A network of alike layers, with what it takes.</summary>
/// <param name="Network">The network.</param>
/// <param name="Input">The shape of one sample.</param>
/// <param name="Classes">The classes it tells apart.</param>
internal sealed record Stack(Network Network, Shape Input, int Classes);

/// <summary>Networks whose work is easy to foretell: twice the width is four times the multiply–adds, twice the depth twice.</summary>
internal static class Stacks
{
    private const int Side = 16;

    /// <summary>So many Dense layers, each as wide as its input, with ReLU between.</summary>
    public static Stack Dense(int width, int depth)
    {
        Philox random = new(1);
        return new(Alike(depth, () => new Dense(width, width, random)), [width], width);
    }

    /// <summary>So many 3×3 convolutions of as many channels in as out, on pictures of 16×16, with ReLU between, and the mean of every channel.</summary>
    public static Stack Convolutional(int width, int depth)
    {
        Philox random = new(1);
        Network network = Alike(depth, () => new Conv2D(width, width, 3, random, padding: Padding.Same));
        network.Add(new GlobalAveragePooling2D());
        return new(network, [width, Side, Side], width);
    }

    private static Network Alike(int depth, Func<Layer> create)
    {
        Network network = [];
        for (int i = 0; i < depth; i++)
        {
            if (i > 0)
            {
                network.Add(new ReLU());
            }

            network.Add(create());
        }

        return network;
    }
}
