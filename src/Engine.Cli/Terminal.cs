using Engine.Cli.Rendering;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Engine.Cli;

/// <summary>
/// Where a command runs: what it writes to, the folder its relative paths begin in, and whether it is asked to stop.
/// </summary>
internal sealed class Terminal
{
    private const int LabelWidth = 10;

    // Charts and tables look best at the width they were drawn for; a wider terminal leaves the rest free.
    private const int ComfortableWidth = 100;
    private const int PlainWidth = 80;

    private Terminal(IAnsiConsole output, TextWriter error, string folder, bool isLive, CancellationToken cancellation) =>
        (Output, Error, Folder, IsLive, Cancellation) = (output, error, folder, isLive, cancellation);

    /// <summary>Standard output, through Spectre.</summary>
    public IAnsiConsole Output { get; }

    /// <summary>Standard error, for mistakes.</summary>
    public TextWriter Error { get; }

    /// <summary>The current folder.</summary>
    public string Folder { get; }

    /// <summary>True when a person watches: lines may move. Otherwise only plain lines are written, without escape codes.</summary>
    public bool IsLive { get; }

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>True while Ctrl-C is answered by finishing the step under way; otherwise it ends the process at once.</summary>
    public bool StopsGently { get; set; }

    /// <summary>The width to draw in.</summary>
    public int Width => IsLive ? Math.Min(Output.Profile.Width - 1, ComfortableWidth) : PlainWidth;

    /// <summary>True when greys can be shown.</summary>
    public bool HasColors => Output.Profile.Capabilities.ColorSystem >= ColorSystem.EightBit;

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess(CancellationToken cancellation)
    {
        bool isLive = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return isLive
            ? new Terminal(Create(Console.Out, AnsiSupport.Detect), Console.Error, Environment.CurrentDirectory, true, cancellation)
            : Plain(Console.Out, Console.Error, Environment.CurrentDirectory, cancellation);
    }

    /// <summary>A terminal that nobody watches: a pipe, a file, a test.</summary>
    public static Terminal Plain(TextWriter output, TextWriter error, string folder, CancellationToken cancellation = default)
    {
        IAnsiConsole console = Create(output, AnsiSupport.No);

        // Whoever reads the lines decides where to break them.
        console.Profile.Width = 10_000;
        return new Terminal(console, error, folder, false, cancellation);
    }

    /// <summary>A path of the user's, whole.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, Folder);

    /// <summary>A path as the user would type it: relative where it lies below the current folder.</summary>
    public string ShortPath(string path)
    {
        string relative = Path.GetRelativePath(Folder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    /// <summary>Writes a line.</summary>
    public void Line(string text = "", Style? style = null) => Output.Write(new Text(text + "\n", style ?? Theme.Plain));

    /// <summary>Writes sentences, broken into lines.</summary>
    public void Paragraph(string text, Style? style = null)
    {
        foreach (string line in TextWrap.Lines(text, Width))
        {
            Line(line, style);
        }
    }

    /// <summary>Writes a label and what there is to say about it, continued under itself where the line is full.</summary>
    /// <param name="label">The label.</param>
    /// <param name="text">What there is to say.</param>
    /// <param name="width">The width of the labels' column.</param>
    public void Fact(string label, string text, int width = LabelWidth)
    {
        foreach (string line in TextWrap.Lines(text, Output.Profile.Width - width - 1))
        {
            Output.Write(new Text(label.PadRight(width), Theme.Quiet));
            Line(line);
            label = "";
        }
    }

    /// <summary>Writes a chart or table.</summary>
    public void Draw(IRenderable picture) => Output.Write(picture);

    /// <summary>Writes what to do next: a command to copy, under the reason for it.</summary>
    public void Next(string reason, string command)
    {
        Line(reason, Theme.Quiet);
        Line($"  {command}", Theme.Strong);
    }

    private static IAnsiConsole Create(TextWriter writer, AnsiSupport ansi) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = ansi,
        ColorSystem = ansi == AnsiSupport.No ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        Interactive = ansi == AnsiSupport.No ? InteractionSupport.No : InteractionSupport.Detect,

        // Build servers are no terminals: their logs want plain lines like any file.
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });
}
