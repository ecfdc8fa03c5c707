using Spectre.Console;

namespace Engine.Cli.Rendering;

/// <summary>
/// A loss curve in braille dots, two by four to a character: the training loss step by step as a line, the loss on the
/// test data as one ring per epoch. Where the losses span more than a factor of 30 the scale is logarithmic.
/// </summary>
internal static class LossCurve
{
    private const int Margin = 10;

    // The dots of a braille character by row and column, Unicode block 2800.
    private static readonly int[,] Dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <summary>Draws the curve.</summary>
    /// <param name="training">(epochs gone by, loss) from left to right, at least one point; what is not finite is left out.</param>
    /// <param name="test">The same for the test data; may be empty.</param>
    /// <param name="width">Characters per row, axis included.</param>
    /// <param name="height">Rows of dots; two more for the axis.</param>
    public static TextCanvas Draw(
        IReadOnlyList<(double Epoch, double Loss)> training, IReadOnlyList<(double Epoch, double Loss)> test, int width, int height)
    {
        List<(double Epoch, double Loss)> line = [.. training.Where(p => double.IsFinite(p.Loss))];
        List<(double Epoch, double Loss)> rings = [.. test.Where(p => double.IsFinite(p.Loss))];
        TextCanvas canvas = new(width, height + 2);
        if (line.Count == 0)
        {
            canvas.Write(0, 0, "no finite loss to draw", Theme.Quiet);
            return canvas;
        }

        double end = Math.Max(line[^1].Epoch, rings.Count > 0 ? rings[^1].Epoch : 0);
        Scale scale = Scale.Over(line.Concat(rings).Select(p => p.Loss));
        DrawAxes(canvas, scale, end, rings.Count > 0);
        DrawLine(canvas, line, scale, end);
        foreach ((double epoch, double loss) in rings)
        {
            int x = Margin + (int)Math.Round(epoch / end * (width - Margin - 1));
            canvas.Put(x, (int)Math.Round((1 - scale.Fraction(loss)) * (height - 1)), 'o', Theme.Second);
        }

        return canvas;
    }

    private static void DrawAxes(TextCanvas canvas, Scale scale, double end, bool hasRings)
    {
        int height = canvas.Height - 2;
        canvas.Write(0, 0, Numbers.Loss(scale.Most).PadLeft(Margin - 2), Theme.Quiet);
        canvas.Write(0, height - 1, Numbers.Loss(scale.Least).PadLeft(Margin - 2), Theme.Quiet);
        for (int y = 0; y < height; y++)
        {
            canvas.Put(Margin - 1, y, y == 0 || y == height - 1 ? '┤' : '│', Theme.Quiet);
        }

        canvas.Put(Margin - 1, height, '└', Theme.Quiet);
        canvas.Write(Margin, height, new string('─', canvas.Width - Margin), Theme.Quiet);
        string last = end == 1 ? "1 epoch" : $"{end:0.##} epochs";
        canvas.Write(Margin, height + 1, "0", Theme.Quiet);
        canvas.Write(canvas.Width - last.Length, height + 1, last, Theme.Quiet);

        string legend = $"loss{(scale.IsLogarithmic ? ", logarithmic" : "")}:  ⠒⠒ training{(hasRings ? "   o test" : "")}";
        canvas.Write(Margin + ((canvas.Width - Margin - legend.Length) / 2), height + 1, legend, Theme.Quiet);
    }

    // One dot column shows the mean of the steps that fall on it; columns are joined, so that steep falls have no gaps.
    private static void DrawLine(TextCanvas canvas, List<(double Epoch, double Loss)> line, Scale scale, double end)
    {
        int columns = 2 * (canvas.Width - Margin), rows = 4 * (canvas.Height - 2);
        double[] sums = new double[columns];
        int[] counts = new int[columns];
        foreach ((double epoch, double loss) in line)
        {
            int column = end > 0 ? (int)Math.Round(epoch / end * (columns - 1)) : 0;
            sums[column] += scale.Fraction(loss);
            counts[column]++;
        }

        bool[,] dots = new bool[rows, columns];
        (int Column, double Row)? previous = null;
        for (int column = 0; column < columns; column++)
        {
            if (counts[column] > 0)
            {
                double row = (1 - (sums[column] / counts[column])) * (rows - 1);
                Join(dots, previous ?? (column, row), (column, row));
                previous = (column, row);
            }
        }

        for (int y = 0; y < rows / 4; y++)
        {
            for (int x = 0; x < columns / 2; x++)
            {
                int glyph = 0;
                for (int i = 0; i < 8; i++)
                {
                    glyph |= dots[(4 * y) + (i >> 1), (2 * x) + (i & 1)] ? Dots[i >> 1, i & 1] : 0;
                }

                if (glyph != 0)
                {
                    canvas.Put(Margin + x, y, (char)(0x2800 + glyph), Theme.Accent);
                }
            }
        }
    }

    private static void Join(bool[,] dots, (int Column, double Row) from, (int Column, double Row) to)
    {
        int pieces = (int)Math.Max(1, Math.Max(to.Column - from.Column, Math.Abs(to.Row - from.Row)));
        for (int i = 0; i <= pieces; i++)
        {
            double along = (double)i / pieces;
            int row = (int)Math.Round(from.Row + (along * (to.Row - from.Row)));
            dots[row, from.Column + (int)Math.Round(along * (to.Column - from.Column))] = true;
        }
    }

    private readonly record struct Scale(double Least, double Most, bool IsLogarithmic)
    {
        public static Scale Over(IEnumerable<double> losses)
        {
            double least = losses.Min(), most = losses.Max();
            if (least == most)
            {
                return new Scale(Math.Min(0, least), Math.Max(most, least + 1), false);
            }

            bool logarithmic = least > 0 && most / least > 30;
            return new Scale(logarithmic || least < 0 ? least : Math.Min(least, 0.0), most, logarithmic);
        }

        public double Fraction(double loss) => IsLogarithmic
            ? Math.Log(loss / Least) / Math.Log(Most / Least)
            : (loss - Least) / (Most - Least);
    }
}
