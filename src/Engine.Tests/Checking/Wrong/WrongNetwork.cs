using Engine.Layers;
using Engine.Networks;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongNetwork
{
    public static IEnumerable<Mistake> All =>
    [
        Mistake.In<Network>("a layer used twice goes back once", (network, g, pass) =>
        {
            HashSet<Layer> done = [];
            for (int i = network.Children.Count - 1; i >= 0; i--)
            {
                g = done.Add(network.Children[i]) ? pass.Backward(network.Children[i], g) : g;
            }

            return g;
        }),
        Mistake.In<Network>("every layer is given the network's own g", (network, g, pass) =>
        {
            Tensor dx = g;
            for (int i = network.Children.Count - 1; i >= 0; i--)
            {
                dx = pass.Backward(network.Children[i], dx.Shape == g.Shape ? g : dx);
            }

            return dx;
        }),
        Mistake.In<Network>("gradients set to zero between layers", (network, g, pass) =>
        {
            for (int i = network.Children.Count - 1; i >= 0; i--)
            {
                network.Children[i].ZeroGradients();
                g = pass.Backward(network.Children[i], g);
            }

            return g;
        }),
    ];
}
