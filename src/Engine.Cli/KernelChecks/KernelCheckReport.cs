using Engine.Cli.Rendering;

namespace Engine.Cli.KernelChecks;

/// <summary>What a check says: what was tried, and each mistake with the lines of source that make it.</summary>
internal static class KernelCheckReport
{
    private const int FindingsShown = 5;

    /// <summary>What is going to be tried.</summary>
    public static void Introduce(Terminal terminal, CheckedKernel kernel)
    {
        Declaration declaration = kernel.Declaration;
        terminal.Fact("kernel", $"{kernel.Signature}");
        terminal.Fact("launch", $"grid {Listed(declaration.Grid)}; block {Listed(declaration.Block)}{(declaration.Shared is { } shared ? $"; shared {shared.Text} bytes" : "")}");
        if (declaration.Values.Count > 0)
        {
            terminal.Fact("with", string.Join("; ", declaration.Values.Select(v => $"{v.Key} = {string.Join(", ", v.Value.Select(x => $"{x:G6}"))}")));
        }

        terminal.Fact("reference", kernel.Reference is { } reference
            ? $"{reference.Name}, run by one thread; {Exactness(kernel)}"
            : $"none: there is no kernel {kernel.Signature.ReferenceName}, so only the use of memory and barriers is checked");
    }

    /// <summary>What came of it.</summary>
    public static void Conclude(
        Terminal terminal, CheckedKernel kernel, KernelCheck check, IReadOnlyList<CheckFinding> findings, string file, string source)
    {
        if (findings.Count == 0)
        {
            string result = kernel.Reference is null ? "" : ", every result is the reference's";
            terminal.Fact("right", $"in {Numbers.Count(check.Cases, "case")}, each in 3 orders of its threads; every access and barrier was watched{result}");
        }

        string[] lines = source.Split('\n');
        foreach (CheckFinding finding in findings.Take(FindingsShown))
        {
            terminal.Line();
            terminal.Paragraph($"WRONG  {finding.Text}.", Theme.Bad);
            foreach ((string place, int line) in finding.Places)
            {
                if (place == file && line <= lines.Length)
                {
                    terminal.Line($"{line,7} │ {lines[line - 1].TrimEnd()}");
                }
            }

            terminal.Line($"        first with {finding.Case}; in {Numbers.Count(finding.Launches)} of {Numbers.Count(check.Launches)} launches", Theme.Quiet);
        }

        if (findings.Count > FindingsShown)
        {
            terminal.Line();
            terminal.Line($"… and {Numbers.Count(findings.Count - FindingsShown)} more.", Theme.Bad);
        }

        terminal.Line();
    }

    private static string Exactness(CheckedKernel kernel) =>
        kernel.Signature.Parameters.Any(p => p.IsPointer && !p.IsConst && p.Type.Kind == NumberKind.Floating)
            ? $"results within {kernel.Declaration.Tolerance}"
            : "results the same";

    private static string Listed(IReadOnlyList<Expression> sizes) => string.Join(", ", sizes.Select(s => s.Text));
}
