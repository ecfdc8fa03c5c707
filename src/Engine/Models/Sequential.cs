using Engine.Layers;
using Engine.Networks;

namespace Engine.Models;

/// <summary>Networks whose layers are named by their places: "0", "1", "2" …</summary>
/// <remarks>So PyTorch's <c>nn.Sequential</c> names them, and so they are called in files of weights made with it.</remarks>
internal static class Sequential
{
    /// <summary>A network of a name.</summary>
    public static Network Named(string name, params ReadOnlySpan<Layer> layers)
    {
        Network network = new() { Name = name };
        foreach (Layer layer in layers)
        {
            network.AddNext(layer);
        }

        return network;
    }

    /// <summary>Appends a layer and names it by its place.</summary>
    public static void AddNext(this Network network, Layer layer)
    {
        layer.Name = $"{network.Children.Count}";
        network.Add(layer);
    }
}
