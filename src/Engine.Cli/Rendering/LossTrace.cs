namespace Engine.Cli.Rendering;

/// <summary>The loss step by step, in bounded memory: where there are too many points, neighbours are averaged.</summary>
internal sealed class LossTrace
{
    private const int Most = 4096;

    private readonly List<(double Epoch, double Loss)> points = [];
    private int stepsPerPoint = 1;
    private int steps;
    private double sum;

    /// <summary>The points, left to right.</summary>
    public IReadOnlyList<(double Epoch, double Loss)> Points => points;

    /// <summary>Appends a step.</summary>
    /// <param name="epoch">Epochs gone by.</param>
    /// <param name="loss">The loss of the step.</param>
    public void Add(double epoch, double loss)
    {
        sum += loss;
        if (++steps < stepsPerPoint)
        {
            return;
        }

        points.Add((epoch, sum / steps));
        (sum, steps) = (0, 0);
        if (points.Count == Most)
        {
            for (int i = 0; i < Most / 2; i++)
            {
                points[i] = (points[(2 * i) + 1].Epoch, (points[2 * i].Loss + points[(2 * i) + 1].Loss) / 2);
            }

            points.RemoveRange(Most / 2, Most / 2);
            stepsPerPoint *= 2;
        }
    }
}
