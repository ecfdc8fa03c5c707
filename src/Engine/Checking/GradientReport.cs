namespace Engine.Checking;

/// <summary>What became of the checks of one layer or loss.</summary>
/// <param name="Subject">"Conv2D".</param>
/// <param name="Seed">The seed that reproduces it.</param>
public sealed record GradientReport(string Subject, ulong Seed)
{
    private readonly List<TensorReport> tensors = [];
    private readonly List<CheckFailure> failures = [];
    private readonly SortedDictionary<string, int> checks = new(StringComparer.Ordinal);

    /// <summary>One row for each tensor that has a gradient.</summary>
    public IReadOnlyList<TensorReport> Tensors => tensors;

    /// <summary>What was found wrong; empty for a right gradient.</summary>
    public IReadOnlyList<CheckFailure> Failures => failures;

    /// <summary>How often each check ran.</summary>
    public IReadOnlyDictionary<string, int> Checks => checks;

    /// <summary>How many cases were tried.</summary>
    public int Cases { get; internal set; }

    /// <summary>True when nothing was found wrong.</summary>
    public bool Passed => failures.Count == 0;

    /// <summary>The verdict, and each failure in a line.</summary>
    public override string ToString() => Passed
        ? $"{Subject}: {Cases} cases passed (seed {Seed})."
        : $"{Subject}: {Failures.Count} checks failed in {Cases} cases (seed {Seed}):\n{string.Join('\n', Failures)}";

    internal TensorReport Row(string tensor)
    {
        TensorReport? row = tensors.Find(t => t.Tensor == tensor);
        if (row is null)
        {
            tensors.Add(row = new TensorReport(tensor));
        }

        return row;
    }

    internal void Count(string check) => checks[check] = checks.GetValueOrDefault(check) + 1;

    internal void Fail(CheckFailure failure) => failures.Add(failure);
}
