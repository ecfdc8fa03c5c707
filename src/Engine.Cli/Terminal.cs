using Engine.Cli.Rendering;
using Spectre.Console;

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

    private Terminal(IAnsiConsole? screen, TextWriter output, TextWriter error, string folder, CancellationToken cancellation) =>
        (Screen, Output, Error, Folder, Cancellation) = (screen, output, error, folder, cancellation);

    /// <summary>Standard output as a person sees it, through Spectre; null when nobody watches.</summary>
    public IAnsiConsole? Screen { get; }

    /// <summary>Standard output, plain.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error, for mistakes.</summary>
    public TextWriter Error { get; }

    /// <summary>The current folder.</summary>
    public string Folder { get; }

    /// <summary>True when a person watches: lines may move. Otherwise only plain lines are written, without escape codes.</summary>
    public bool IsLive => Screen is not null;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>True while Ctrl-C is answered by finishing the step under way; otherwise it ends the process at once.</summary>
    public bool StopsGently { get; set; }

    /// <summary>The width to draw in.</summary>
    public int Width => Screen is null ? PlainWidth : Math.Min(Screen.Profile.Width - 1, ComfortableWidth);

    /// <summary>True when greys can be shown.</summary>
    public bool HasColors => Screen?.Profile.Capabilities.ColorSystem >= ColorSystem.EightBit;

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess(CancellationToken cancellation)
    {
        bool isLive = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return isLive
            ? new Terminal(Create(Console.Out), Console.Out, Console.Error, Environment.CurrentDirectory, cancellation)
            : Plain(Unadorned(Console.OpenStandardOutput()), Unadorned(Console.OpenStandardError()), Environment.CurrentDirectory, cancellation);
    }

    /// <summary>A terminal that nobody watches: a pipe, a file, a test. Whoever reads its lines decides where to break them.</summary>
    public static Terminal Plain(TextWriter output, TextWriter error, string folder, CancellationToken cancellation = default) =>
        new(null, output, error, folder, cancellation);

    /// <summary>A path of the user's, whole.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, Folder);

    /// <summary>A path as the user would type it: relative where it lies below the current folder.</summary>
    public string ShortPath(string path)
    {
        string relative = Path.GetRelativePath(Folder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    /// <summary>Writes a line.</summary>
    public void Line(string text = "", Style? style = null) => Write(text + "\n", style);

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
        foreach (string line in Screen is null ? [text] : TextWrap.Lines(text, Screen.Profile.Width - width - 1))
        {
            Write(label.PadRight(width), Theme.Quiet);
            Line(line);
            label = "";
        }
    }

    /// <summary>Writes a chart or table.</summary>
    public void Draw(TextCanvas picture)
    {
        if (Screen is null)
        {
            picture.WriteTo(Output);
        }
        else
        {
            Screen.Write(picture);
        }
    }

    /// <summary>Writes what to do next: a command to copy, under the reason for it.</summary>
    public void Next(string reason, string command)
    {
        Line(reason, Theme.Quiet);
        Line($"  {command}", Theme.Strong);
    }

    private void Write(string text, Style? style)
    {
        if (Screen is null)
        {
            Output.Write(text);
        }
        else
        {
            Screen.Write(new Text(text, style ?? Theme.Plain));
        }
    }

    // The framework's own writers first read what this kind of terminal can do, which no file needs to wait for.
    private static TextWriter Unadorned(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream) { AutoFlush = true });

    private static IAnsiConsole Create(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Detect,
        ColorSystem = ColorSystemSupport.Detect,
        Interactive = InteractionSupport.Detect,

        // Build servers are no terminals: their logs want plain lines like any file.
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });
}
