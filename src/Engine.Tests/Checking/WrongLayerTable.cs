using System.Text;
using Engine.Tests.Checking.Wrong;

namespace Engine.Tests.Checking;

/// <summary>The table of wrong layers in docs/testing.md: written by the suite, so that it stays true.</summary>
internal static class WrongLayerTable
{
    private const ulong Seed = 1;
    private const string Begin = "<!-- wrong layers: begin -->\n";
    private const string End = "<!-- wrong layers: end -->";

    private static readonly Lazy<IReadOnlyList<Trial>> All = new(() => [.. Mistakes.All.Select(m => Trial.Of(m, Seed))]);

    /// <summary>Every mistake and what became of it.</summary>
    public static IReadOnlyList<Trial> Trials => All.Value;

    /// <summary>The table as it should be.</summary>
    public static string Markdown
    {
        get
        {
            StringBuilder text = new();
            text.Append($"{Trials.Count} mistakes; {Trials.Count(t => t.Failures.Count > 0)} are rejected, for every seed tried. ");
            text.Append($"A check as it is often written lets {Trials.Count(t => !t.SeenByTheUsualCheck)} pass.\n\n");
            text.Append("| layer | mistake | rejected by | first failure found | v = 1, within 10⁻³ |\n| --- | --- | --- | --- | --- |\n");
            foreach (Trial trial in Trials)
            {
                string found = trial.Failures.Count == 0 ? "**none**" : $"{trial.Failures[0].Place}: {trial.Failures[0].What}";
                text.Append($"| {trial.Mistake.Subject.Name} | {Cell(trial.Mistake.What)} | {string.Join(", ", trial.RejectedBy)} | {Cell(found)} "
                    + $"| {(trial.SeenByTheUsualCheck ? "" : "passes")} |\n");
            }

            return text.ToString();
        }
    }

    /// <summary>The table as it stands between its marks in a text.</summary>
    public static string In(string text)
    {
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.That(begin, Is.InRange(Begin.Length, end), $"The marks {Begin.Trim()} and {End} are missing.");
        return text[begin..end];
    }

    /// <summary>The text with the table as it should be.</summary>
    public static string Into(string text) => text.Replace(Begin + In(text) + End, Begin + Markdown + End);

    private static string Cell(string text) => text.Replace("|", "\\|");
}
