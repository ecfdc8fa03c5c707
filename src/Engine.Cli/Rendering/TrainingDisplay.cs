using Engine.Training;
using Spectre.Console;

namespace Engine.Cli.Rendering;

/// <summary>
/// Shows a run under way: a row for each epoch, and below them a line that moves, with loss, accuracy, speed and the time
/// left. Where nobody watches, the line is a plain one every half minute.
/// </summary>
internal sealed class TrainingDisplay(Terminal terminal, EpochTable table) : TrainingCallback, IDisposable
{
    private static readonly TimeSpan PlainPause = TimeSpan.FromSeconds(30);

    private readonly LiveLine line = new(terminal);
    private readonly DateTime begin = DateTime.UtcNow;
    private RowsShown rows;
    private DateTime lastPlain = DateTime.UtcNow;
    private long firstStep;
    private long samples;

    /// <summary>The training loss, for the curve.</summary>
    public LossTrace Trace { get; } = new();

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingRun run)
    {
        rows = new RowsShown(run.Options.Epochs);
        firstStep = run.StepsTaken;
        terminal.Line(table.Head, Theme.Quiet);
        foreach (EpochReport report in run.History)
        {
            Trace.Add(report.Epoch, report.Loss);
        }
    }

    /// <inheritdoc/>
    public override void OnStepEnd(TrainingRun run, in StepReport report)
    {
        samples += report.Samples;
        Trace.Add((double)run.StepsTaken / run.StepsPerEpoch, report.Loss);
        if (terminal.IsLive)
        {
            StepReport copy = report;
            line.Show(() => Describe(run, copy));
        }
        else if (DateTime.UtcNow - lastPlain > PlainPause)
        {
            lastPlain = DateTime.UtcNow;
            terminal.Line($"  epoch {report.Epoch}, step {report.Step} of {run.StepsPerEpoch}: {Figures(run, report)}", Theme.Quiet);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, EpochReport report)
    {
        if (rows.Shows(report.Epoch))
        {
            line.Clear();
            terminal.Line(table.Row(report));
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(TrainingRun run) => line.Clear();

    /// <inheritdoc/>
    public void Dispose() => line.Dispose();

    private (string Text, Style Style)[] Describe(TrainingRun run, in StepReport report)
    {
        double fraction = (double)report.Step / run.StepsPerEpoch;
        string before = $"{table.Epoch(report.Epoch)}  ", after = $"  {100 * fraction,3:0} %  {Figures(run, report)}";
        int width = Math.Clamp(terminal.Width - before.Length - after.Length, 4, 30), full = (int)(fraction * width);
        return [(before, Theme.Plain), (new string('━', full), Theme.Accent), (new string('━', width - full), Theme.Quiet), (after, Theme.Plain)];
    }

    private string Figures(TrainingRun run, in StepReport report)
    {
        TimeSpan elapsed = DateTime.UtcNow - begin;
        long steps = run.StepsTaken - firstStep, stepsLeft = ((long)run.Options.Epochs * run.StepsPerEpoch) - run.StepsTaken;
        string accuracy = report.EpochAccuracy is { } right ? $"  {Numbers.Percent(right)}" : "";
        return $"loss {Numbers.Loss(report.EpochLoss)}{accuracy}  {Numbers.Rate(samples / elapsed.TotalSeconds)}/s"
            + $"  {Numbers.Duration(elapsed / steps * stepsLeft)} left";
    }
}
