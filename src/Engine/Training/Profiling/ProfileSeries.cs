namespace Engine.Training;

/// <summary>What one row of a profile took and did in each step.</summary>
internal sealed class ProfileSeries
{
    private readonly List<Sample> samples = [];
    private Sample current;
    private bool touched;

    /// <summary>Steps it took part in.</summary>
    public int Count => samples.Count;

    /// <summary>Adds to the step under way; a layer may be used more than once in it.</summary>
    public void Add(long nanoseconds, LayerWork work)
    {
        current = new Sample(current.Nanoseconds + nanoseconds, current.Flops + work.Flops, current.Bytes + work.Bytes);
        touched = true;
    }

    /// <summary>Ends the step.</summary>
    public void EndStep()
    {
        if (touched)
        {
            samples.Add(current);
        }

        Forget();
    }

    /// <summary>Forgets the step under way.</summary>
    public void Forget() => (current, touched) = (default, false);

    /// <summary>The median over the steps; 0 where there are none.</summary>
    public double Median(Func<Sample, double> of)
    {
        double[] sorted = [.. samples.Select(of).Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The row. Rates are medians too: the last batch of an epoch may be smaller.</summary>
    public ProfileRow ToRow(string layer, ProfiledWork work) => new(
        layer,
        work,
        Median(s => s.Nanoseconds) / 1e6,
        samples.Max(s => s.Flops),
        samples.Max(s => s.Bytes),
        Median(s => Rate(s.Flops, s.Nanoseconds)),
        Median(s => Rate(s.Bytes, s.Nanoseconds)));

    // The clock may not have moved in so short a time.
    private static double Rate(long count, long nanoseconds) => count / (Math.Max(nanoseconds, 1) / 1e9);

    /// <summary>One step's share.</summary>
    public readonly record struct Sample(long Nanoseconds, long Flops, long Bytes);
}
