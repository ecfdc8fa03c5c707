using Engine.Cli.Rendering;
using Engine.Layers;
using Engine.Training;

namespace Engine.Cli.Commands;

/// <summary>Whether the user wants to know where the time went.</summary>
/// <param name="Wanted">True for a table.</param>
/// <param name="File">Where to write a trace, if anywhere.</param>
internal readonly record struct ProfileRequest(bool Wanted, string? File)
{
    /// <summary>A profiler if one is wanted.</summary>
    /// <exception cref="MistakeException">The file cannot be written.</exception>
    public Profiler? Begin(Terminal terminal, Layer network)
    {
        if (File is not null)
        {
            RunFiles.RequireWritable(terminal.FullPath(File), "--profile");
        }

        return Wanted ? new Profiler(network) : null;
    }

    /// <summary>Writes the table, and the trace where there is to be one.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="profiler">What <see cref="Begin"/> gave.</param>
    /// <param name="unit">What a step is: "training step", "picture".</param>
    public void Conclude(Terminal terminal, Profiler? profiler, string unit)
    {
        if (profiler is null || profiler.Steps == 0)
        {
            return;
        }

        terminal.Line();
        ProfileTable.Write(terminal, profiler.Report(), unit);
        if (File is not null)
        {
            string path = terminal.FullPath(File);
            ChromeTrace.Write(path, profiler);
            int traced = Math.Min(profiler.Steps, Profiler.TracedSteps);
            string which = traced < profiler.Steps ? $"the first {traced} of " : "";
            terminal.Line();
            terminal.Fact("trace", $"{terminal.ShortPath(path)}, {which}{Numbers.Count(profiler.Steps, unit)}");
            terminal.Fact("", "for chrome://tracing or ui.perfetto.dev");
        }
    }
}
