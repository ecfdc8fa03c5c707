using Engine.Layers;
using Engine.Training;

namespace Engine.Cli.Rendering;

/// <summary>The table of a run's epochs, a row at a time, each with its weights where they are few.</summary>
internal sealed class EpochTable
{
    private const int MostWeights = 3;

    private readonly List<(string Head, int Width, Func<EpochReport, string> Cell)> columns = [];
    private readonly string of;

    /// <summary>A table.</summary>
    /// <param name="network">The network; its learned numbers get columns where there are at most three.</param>
    /// <param name="epochs">Epochs in all.</param>
    /// <param name="classifies">Whether there are accuracies.</param>
    /// <param name="measuredOn">"test" or "held-out" for what is measured on after each epoch; null for nothing.</param>
    public EpochTable(Layer network, int epochs, bool classifies, string? measuredOn)
    {
        of = $"/{epochs}";
        columns.Add(("epoch", Math.Max(5, (2 * of.Length) - 1), r => Epoch(r.Epoch)));
        Add("loss", r => Numbers.Loss(r.Loss));
        if (classifies)
        {
            Add("accuracy", r => Numbers.Percent(r.Accuracy ?? double.NaN));
        }

        if (measuredOn is not null)
        {
            Add($"{measuredOn} loss", r => Numbers.Loss(r.ValidationLoss ?? double.NaN));
        }

        if (measuredOn is not null && classifies)
        {
            Add($"{measuredOn} acc", r => Numbers.Percent(r.ValidationAccuracy ?? double.NaN));
        }

        List<(string Name, Func<double> Value)> weights = Weights(network);
        if (weights.Count <= MostWeights)
        {
            weights.ForEach(w => Add(w.Name, _ => w.Value().ToString("0.0000")));
        }
        else
        {
            Add("samples/s", r => Numbers.Rate(r.SamplesPerSecond));
            Add("time", r => Numbers.Duration(TimeSpan.FromSeconds(r.Seconds)));
        }

        void Add(string head, Func<EpochReport, string> cell) => columns.Add((head, Math.Max(head.Length, 9), cell));
    }

    /// <summary>The head.</summary>
    public string Head => string.Join("  ", columns.Select(c => c.Head.PadLeft(c.Width)));

    /// <summary>"2/5" in the width of its column.</summary>
    public string Epoch(int epoch) => $"{epoch}{of}".PadLeft(columns[0].Width);

    /// <summary>The row of an epoch.</summary>
    public string Row(EpochReport report) => string.Join("  ", columns.Select(c => c.Cell(report).PadLeft(c.Width)));

    // A line's m and b; otherwise w1, w2 … and b.
    private static List<(string Name, Func<double> Value)> Weights(Layer network)
    {
        List<(string, Func<double>)> found = [];
        foreach ((_, Parameter parameter) in network.NamedParameters())
        {
            int count = parameter.Value.ElementCount;
            for (int i = 0; i < count && found.Count <= MostWeights; i++)
            {
                int element = i;
                string name = parameter.Name == "bias" ? "b" : count == 1 ? "m" : $"w{i + 1}";
                found.Add((name, () => parameter.Value.GetFlat(element)));
            }
        }

        return found;
    }
}
