using System.CommandLine;
using Engine.Checking;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine gradcheck [LAYER]</c>: whether the derivatives written by hand are right.</summary>
internal static class GradCheckCommand
{
    private const int FailuresShown = 5;

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string?> layer = new("LAYER") { Description = "A layer or loss, such as Conv2D; otherwise all of them", Arity = ArgumentArity.ZeroOrOne };
        Option<ulong?> seed = Setting.Seed("What the cases are drawn from; 1 unless given");
        Option<int?> cases = Setting.WholeNumber("--cases", "Small cases per layer, each element checked; 8 unless given");
        Command command = new("gradcheck", "Check the gradients of layers and losses against difference quotients") { layer, seed, cases };
        ComputeOptionGroup compute = new(withModes: false);
        foreach (Option option in compute)
        {
            command.Add(option);
        }

        command.SetAction(parsed => Run(terminal, parsed.GetValue(layer), parsed.GetValue(seed) ?? 1, parsed.GetValue(cases) ?? 8, compute.Read(parsed)));
        return command;
    }

    /// <summary>Writes the reports; the exit code says whether all passed.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="reports">The reports.</param>
    /// <param name="where">Where the gradients were computed: " on emulated CUDA"; empty for the CPU.</param>
    internal static int Write(Terminal terminal, IReadOnlyList<GradientReport> reports, string where = "")
    {
        bool single = reports.Count == 1;
        TextTable table = new(single ? "tensor" : "layer or loss", ">worst error", ">numerical", ">checked", ">kinks", "verdict");
        foreach (GradientReport report in reports)
        {
            if (single)
            {
                foreach (TensorReport tensor in report.Tensors)
                {
                    Add(table, tensor.Tensor, [tensor], tensor.Passed);
                }
            }
            else
            {
                Add(table, report.Subject, report.Tensors, report.Passed);
            }
        }

        table.WriteTo(terminal);
        terminal.Line();
        CheckFailure[] failures = [.. reports.SelectMany(r => r.Failures)];
        foreach (CheckFailure failure in failures.Take(FailuresShown))
        {
            terminal.Line($"{failure}", Theme.Bad);
        }

        if (failures.Length > FailuresShown)
        {
            terminal.Line($"… and {Numbers.Count(failures.Length - FailuresShown)} more.", Theme.Bad);
        }

        int checks = reports.Sum(r => r.Checks.Values.Sum()), cases = reports.Sum(r => r.Cases), wrong = reports.Count(r => !r.Passed);
        terminal.Line(
            $"{reports.Count - wrong} of {reports.Count} right: {Numbers.Count(checks, "check")} on {Numbers.Count(cases, "random case")}, seed {reports[0].Seed}{where}.",
            wrong == 0 ? Theme.Good : Theme.Bad);
        return wrong == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static void Add(TextTable table, string name, IReadOnlyList<TensorReport> tensors, bool passed)
    {
        int skipped = tensors.Sum(t => t.Skipped);
        table.Add(
            passed ? Theme.Plain : Theme.Bad,
            name,
            tensors.Max(t => t.WorstError).ToString("0.0e+00"),
            tensors.Max(t => t.NumericalError).ToString("0.0e+00"),
            Numbers.Count(tensors.Sum(t => t.Checked)),
            skipped == 0 ? "–" : Numbers.Count(skipped),
            passed ? "right" : "WRONG");
    }

    private static int Run(Terminal terminal, string? layer, ulong seed, int cases, ComputeRequest compute)
    {
        string[] names = [.. GradientChecker.Names];
        string[] chosen = layer is null ? names : [.. names.Where(n => n.Equals(layer, StringComparison.OrdinalIgnoreCase))];
        if (chosen.Length == 0)
        {
            throw new MistakeException($"There is no layer or loss '{layer}'. {Nearest.Hint(layer!, names)}");
        }

        Device device = compute.Apply(DType.Float64);
        terminal.Line("worst error  gradient against difference quotient, over max(1, |quotient|)", Theme.Quiet);
        terminal.Line("numerical    how far the quotient itself may be off, on the same scale", Theme.Quiet);
        terminal.Line("kinks        elements not compared, being too near a kink", Theme.Quiet);
        terminal.Line();
        List<GradientReport> reports = [];
        using (LiveLine line = new(terminal))
        {
            foreach (string name in chosen)
            {
                terminal.Cancellation.ThrowIfCancellationRequested();
                line.Show(() => [($"checking {name} …", Theme.Quiet)]);
                reports.AddRange(GradientChecker.Run(name, seed, cases, device));
            }
        }

        return Write(terminal, reports, device == Device.Cpu ? "" : $", {compute.Describe()}");
    }
}
