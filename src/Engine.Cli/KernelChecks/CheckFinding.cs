using System.Text.RegularExpressions;

namespace Engine.Cli.KernelChecks;

/// <summary>A mistake of a kernel, found in one launch or in several.</summary>
/// <param name="Text">What happened, in words.</param>
/// <param name="Case">In which launch it was seen first: "n = 257, threads in descending order".</param>
/// <param name="Result">The array whose contents are not the reference's; null for a mistake in using memory or barriers.</param>
internal sealed partial record CheckFinding(string Text, string Case, string? Result = null)
{
    /// <summary>How many launches showed it.</summary>
    public int Launches { get; init; } = 1;

    /// <summary>The places in source files that the text names: ("saxpy.cu", 7).</summary>
    public IReadOnlyList<(string File, int Line)> Places =>
        [.. Place().Matches(Text).Select(m => (m.Groups["file"].Value, int.Parse(m.Groups["line"].Value))).Distinct().OrderBy(p => p.Item2)];

    /// <summary>What findings of the same mistake share: the array, or the places in the source, or else the words.</summary>
    public string Key => Result ?? (Places.Count > 0 ? string.Join(' ', Places) : Text);

    [GeneratedRegex(@"(?<file>[\w.-]+\.(?:cuh?|h|cpp)):(?<line>\d+)")]
    private static partial Regex Place();
}
