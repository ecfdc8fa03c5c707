using Engine.Tensors;

namespace Engine.Cli.Rendering;

/// <summary>The likeliest classes with their probabilities, as bars.</summary>
internal static class ProbabilityBars
{
    private const int FigureWidth = 10;

    /// <summary>Draws them, the likeliest first.</summary>
    /// <param name="probabilities">1×C; or 1×1, the probability of the second of two classes.</param>
    /// <param name="classNames">The names; numbers stand in for missing ones.</param>
    /// <param name="most">How many to show.</param>
    /// <param name="width">Characters per row.</param>
    public static TextCanvas Draw(Tensor probabilities, IReadOnlyList<string> classNames, int most, int width)
    {
        int outputs = probabilities.ElementCount;
        double[] p = outputs == 1
            ? [1 - probabilities.GetFlat(0), probabilities.GetFlat(0)]
            : new double[outputs];
        int[] order = new int[p.Length];
        for (int i = 0; i < p.Length; i++)
        {
            order[i] = i;
            p[i] = outputs == 1 ? p[i] : probabilities.GetFlat(i);
        }

        // Equals in the order of their classes.
        Array.Sort(order, (i, j) => p[i] == p[j] ? i - j : p[j].CompareTo(p[i]));
        ReadOnlySpan<int> best = order.AsSpan(0, Math.Min(most, order.Length));
        string Name(int i) => i < classNames.Count ? classNames[i] : $"{i}";
        int label = 0;
        foreach (int i in best)
        {
            label = Math.Max(label, Math.Min(Name(i).Length, width / 3));
        }

        TextCanvas canvas = new(width, best.Length);
        for (int row = 0; row < best.Length; row++)
        {
            string name = Name(best[row]);
            double probability = p[best[row]];
            canvas.Write(0, row, name.Length > label ? name[..label] : name.PadLeft(label), Theme.Strong);
            canvas.Write(label + 2, row, Bar.Of(probability, width - label - 2 - FigureWidth), row == 0 ? Theme.Accent : Theme.Quiet);
            canvas.Write(width - FigureWidth, row, Numbers.Percent(probability).PadLeft(FigureWidth), Theme.Plain);
        }

        return canvas;
    }
}
