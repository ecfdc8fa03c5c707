using Engine.Metrics;
using Spectre.Console;

namespace Engine.Cli.Rendering;

/// <summary>
/// What was taken for what: a row per true class, a column per predicted one. Where that is too wide for the terminal,
/// the confusions that happen most are listed under it instead.
/// </summary>
internal static class ConfusionTable
{
    /// <summary>Draws the table if it fits; null where it does not.</summary>
    public static TextCanvas? Draw(ConfusionMatrix matrix, IReadOnlyList<string> classNames, int maxWidth)
    {
        int n = matrix.Classes;
        int label = Math.Max("actual".Length, classNames.Max(name => name.Length)) + 2;
        int cell = Math.Max(LongestCount(matrix), classNames.Max(name => name.Length)) + 2;
        const int Recall = 10;
        int width = label + (n * cell) + Recall;
        if (width > maxWidth)
        {
            return null;
        }

        TextCanvas canvas = new(width, n + 2);
        canvas.Write(label + cell - 1, 0, "predicted", Theme.Quiet);
        canvas.Write(0, 1, "actual", Theme.Quiet);
        canvas.Write(width - "right".Length - 2, 1, "right", Theme.Quiet);
        for (int c = 0; c < n; c++)
        {
            canvas.Write(label + (c * cell), 1, classNames[c].PadLeft(cell), Theme.Strong);
            DrawRow(canvas, matrix, c, classNames[c], label, cell);
        }

        return canvas;
    }

    /// <summary>The confusions that happen most, such as "4 for 9 (12 times)", most first.</summary>
    public static IReadOnlyList<string> Commonest(ConfusionMatrix matrix, IReadOnlyList<string> classNames, int most = 3) =>
        [.. (from actual in Enumerable.Range(0, matrix.Classes)
             from predicted in Enumerable.Range(0, matrix.Classes)
             let count = matrix[actual, predicted]
             where actual != predicted && count > 0
             orderby count descending
             select $"{classNames[actual]} for {classNames[predicted]} ({(count == 1 ? "once" : $"{Numbers.Count(count)} times")})").Take(most)];

    private static void DrawRow(TextCanvas canvas, ConfusionMatrix matrix, int actual, string name, int label, int cell)
    {
        int y = actual + 2;
        canvas.Write(0, y, name.PadLeft("actual".Length), Theme.Strong);
        long total = Enumerable.Range(0, matrix.Classes).Sum(c => matrix[actual, c]);
        for (int c = 0; c < matrix.Classes; c++)
        {
            long count = matrix[actual, c];
            string text = count == 0 ? "·" : count.ToString();

            // One in a hundred of a class gone the same wrong way is worth a look.
            Style style = c == actual ? Theme.Accent : count == 0 ? Theme.Quiet : 100 * count >= total ? Theme.Second : Theme.Plain;
            canvas.Write(label + (c * cell), y, text.PadLeft(cell), style);
        }

        string recall = total == 0 ? "–" : $"{100.0 * matrix[actual, actual] / total:0.0} %";
        canvas.Write(canvas.Width - recall.Length, y, recall, Theme.Quiet);
    }

    private static int LongestCount(ConfusionMatrix matrix)
    {
        long most = 0;
        for (int i = 0; i < matrix.Classes; i++)
        {
            for (int j = 0; j < matrix.Classes; j++)
            {
                most = Math.Max(most, matrix[i, j]);
            }
        }

        return most.ToString().Length;
    }
}
