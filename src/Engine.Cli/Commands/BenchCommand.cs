using System.CommandLine;
using System.Globalization;
using System.Text;
using Engine.Cli.Bench;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine bench</c>: how near the CPU's operations come to what this processor can do. The commands below it time other things.</summary>
internal static class BenchCommand
{
    private static readonly string[] Heads = ["operation", "problem", "time", "GFLOP/s", "GB/s", "share"];

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Option<DType?> dtype = Setting.Element("--dtype", "float32 or float64; float32 unless given");
        Option<string?> only = Setting.Text("--only", "Operations whose name contains this", "TEXT");
        Option<string?> markdown = Setting.Text("--markdown", "Write the table to a file, too", "FILE");
        Command command = new("bench", "Measure speed: of every operation on the CPU, beside the peak of this processor")
        {
            dtype, only, markdown,
            BenchKernelsCommand.Create(terminal), new BenchStepsCommand().Create(terminal), new BenchPredictCommand().Create(terminal), BenchTurnsCommand.Create(terminal),
        };
        command.SetAction(parsed =>
        {
            string? report = parsed.GetValue(markdown) is { } path ? terminal.FullPath(path) : null;
            if (report is not null)
            {
                RunFiles.RequireWritable(report, "--markdown");
            }

            DType type = parsed.GetValue(dtype) ?? DType.Float32;
            string part = parsed.GetValue(only) ?? "";
            KernelCase[] cases = [.. KernelCases.Create(type).Where(c => c.Name.Contains(part, StringComparison.OrdinalIgnoreCase))];
            if (cases.Length == 0)
            {
                throw new MistakeException($"No operation has '{part}' in its name. 'engine bench' without --only shows them all.");
            }

            StringBuilder text = new();
            Run(terminal, cases, type, text);
            if (report is not null)
            {
                File.WriteAllText(report, text.ToString());
                terminal.Fact("saved", terminal.ShortPath(report));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Run(Terminal terminal, KernelCase[] cases, DType dtype, StringBuilder report)
    {
        ClockTimer timer = new(terminal.Cancellation);
        TextTable table = new([.. Heads.Take(2), .. Heads.Skip(2).Select(h => $">{h}")]);
        string title;
        using (LiveLine line = new(terminal))
        {
            line.Show(() => [("what this processor can do at best …", Theme.Quiet)]);
            Ceilings ceilings = Ceilings.OfCpu(dtype, scale: 1, timer);
            title = $"{ceilings.Describe()}, {dtype}";
            report.Append(CultureInfo.InvariantCulture, $"{title}\n\n| {string.Join(" | ", Heads)} |\n| --- | --- |{string.Concat(Heads.Skip(2).Select(_ => " ---: |"))}\n");
            foreach (KernelCase one in cases)
            {
                terminal.Cancellation.ThrowIfCancellationRequested();
                line.Show(() => [($"{one.Name} …", Theme.Quiet)]);
                string[] cells = Cells(one, timer.Measure(one.Prepare()), ceilings);
                table.Add(cells);
                report.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |\n");
            }
        }

        terminal.Fact("processor", title);
        terminal.Fact("share", "of the peak where operations are counted, of the fastest copy where bytes are; what fits a cache may exceed it");
        terminal.Line();
        table.WriteTo(terminal);
    }

    private static string[] Cells(KernelCase one, TimeSpan time, Ceilings ceilings)
    {
        string rate = Numbers.Rate(one.Rate(time));
        return
        [
            one.Name,
            one.Problem,
            Rounds.Show(time.TotalMicroseconds),
            one.CountsOperations ? rate : "",
            one.CountsOperations ? "" : rate,
            $"{100 * one.Share(time, ceilings):0} %",
        ];
    }
}
