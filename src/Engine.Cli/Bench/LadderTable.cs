using System.Globalization;
using System.Text;
using Engine.Backends.Ladders;
using Engine.Cli.Rendering;

namespace Engine.Cli.Bench;

/// <summary>A ladder's times as a table, on the terminal and in Markdown.</summary>
internal static class LadderTable
{
    /// <summary>Writes it to the terminal.</summary>
    public static void Write(Terminal terminal, LadderTiming timing)
    {
        terminal.Line($"{timing.Ladder.Operation}: {timing.Ladder.Problem}", Theme.Strong);
        string[] heads = ["kernel", ">time", $">{timing.Unit}", .. timing.Shares.Select(c => $">of {c.Name}"), ">speed-up"];
        TextTable table = new(heads);
        foreach (RungTiming rung in timing.Rungs)
        {
            string[] cells = Cells(timing, rung);
            table.Add(timing.IsWrong(rung) ? Theme.Bad : Theme.Plain, cells[..^1]);
            table.AddNote(cells[^1]);
        }

        table.WriteTo(terminal);
        terminal.Line();
    }

    /// <summary>Appends it to a report.</summary>
    public static void Append(StringBuilder report, LadderTiming timing)
    {
        string[] heads = ["kernel", "time", timing.Unit, .. timing.Shares.Select(c => $"of {c.Name}"), "speed-up", "idea"];
        report.Append(CultureInfo.InvariantCulture, $"\n## {timing.Ladder.Operation}: {timing.Ladder.Problem}\n\n| {string.Join(" | ", heads)} |\n");
        report.Append(CultureInfo.InvariantCulture, $"| --- |{string.Concat(heads.Skip(1).SkipLast(1).Select(_ => " ---: |"))} --- |\n");
        foreach (RungTiming rung in timing.Rungs)
        {
            report.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Cells(timing, rung).Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
        }
    }

    /// <summary>A time with three or four digits, in the unit that suits.</summary>
    public static string Time(TimeSpan time)
    {
        double microseconds = time.TotalMicroseconds;
        return microseconds switch
        {
            < 1000 => $"{microseconds:0.0} µs",
            < 1e6 => $"{microseconds / 1e3:0.00} ms",
            _ => $"{microseconds / 1e6:0.00} s",
        };
    }

    private static string[] Cells(LadderTiming timing, RungTiming rung)
    {
        KernelRung kernel = rung.Rung;
        string idea = timing.IsWrong(rung) ? $"WRONG: its result is off by {rung.Difference:0.0e+00}" : kernel.Idea;
        return
        [
            kernel.Name,
            Time(rung.Time),
            Numbers.Rate(timing.Rate(rung)),
            .. timing.Shares.Select(c => $"{100 * c.Share(rung):0.0} %"),
            $"{timing.SpeedUp(rung):0.0}×",
            idea,
        ];
    }
}
