using System.Collections;

namespace Engine.Training;

/// <summary>The reports of all epochs so far, the first one first; those from before an interruption included.</summary>
public sealed class TrainingHistory : IReadOnlyList<EpochReport>
{
    private readonly List<EpochReport> reports = [];

    internal TrainingHistory(IEnumerable<EpochReport> reports)
    {
        this.reports.AddRange(reports);
    }

    /// <inheritdoc/>
    public int Count => reports.Count;

    /// <summary>The report of an epoch, counted from 0.</summary>
    public EpochReport this[int index] => reports[index];

    /// <inheritdoc/>
    public IEnumerator<EpochReport> GetEnumerator() => reports.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(EpochReport report) => reports.Add(report);
}
