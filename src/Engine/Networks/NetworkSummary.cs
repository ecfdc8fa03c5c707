using System.Globalization;
using System.Text;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks;

/// <summary>What each layer of a network makes of its input, and what that costs.</summary>
/// <remarks>
/// A forward pass is bounded from below by its floating-point operations: two for each multiply–add (deck F).
/// </remarks>
public sealed class NetworkSummary
{
    /// <summary>Describes a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="sample">The shape of one sample, without the batch: [1, 28, 28].</param>
    /// <exception cref="ShapeException">The network cannot take such a sample.</exception>
    public NetworkSummary(Network network, Shape sample)
    {
        Input = sample;
        List<LayerSummary> rows = [];
        Shape shape = sample.Prepend(1);
        foreach (Layer layer in network)
        {
            long multiplyAdds = layer.MultiplyAdds(shape);
            shape = layer.OutputShape(shape);
            long learned = 0, statistics = 0;
            foreach ((_, Parameter parameter) in layer.NamedParameters())
            {
                if (parameter.IsStatistic)
                {
                    statistics += parameter.Shape.ElementCount;
                }
                else
                {
                    learned += parameter.Shape.ElementCount;
                }
            }

            rows.Add(new LayerSummary(layer.Name, layer.GetType().Name, shape.Without(0), learned, statistics, multiplyAdds));
        }

        Layers = rows;
        Parameters = Count(network, statistics: false);
        Statistics = Count(network, statistics: true);
    }

    /// <summary>The shape of one sample.</summary>
    public Shape Input { get; }

    /// <summary>A row per layer, first to last.</summary>
    public IReadOnlyList<LayerSummary> Layers { get; }

    /// <summary>Numbers learned by gradient descent; shared ones counted once.</summary>
    public long Parameters { get; }

    /// <summary>Numbers gathered while training, such as running means.</summary>
    public long Statistics { get; }

    /// <summary>Multiply–adds of one forward pass of one sample.</summary>
    public long MultiplyAdds => Layers.Sum(l => l.MultiplyAdds);

    /// <summary>The table as plain text.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        string line = $"{"layer",-24} {"output",-20} {"parameters",14} {"multiply-adds",16}";
        text.AppendLine(line).AppendLine(new string('-', line.Length));
        foreach (LayerSummary l in Layers)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{l.Name,-24} {l.Output,-20} {l.Parameters,14:N0} {l.MultiplyAdds,16:N0}");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{"total",-45} {Parameters,14:N0} {MultiplyAdds,16:N0}").ToString();
    }

    private static long Count(Layer layer, bool statistics) => layer.NamedParameters()
        .Where(p => p.Parameter.IsStatistic == statistics).Sum(p => (long)p.Parameter.Shape.ElementCount);
}

/// <summary>One row of a <see cref="NetworkSummary"/>.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Type">The layer's class.</param>
/// <param name="Output">The shape of its output for one sample.</param>
/// <param name="Parameters">Numbers learned by gradient descent.</param>
/// <param name="Statistics">Numbers gathered while training.</param>
/// <param name="MultiplyAdds">Multiply–adds of one forward pass of one sample.</param>
public sealed record LayerSummary(string Name, string Type, Shape Output, long Parameters, long Statistics, long MultiplyAdds);
