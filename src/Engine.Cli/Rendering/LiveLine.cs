using Spectre.Console;

namespace Engine.Cli.Rendering;

/// <summary>One line at the foot of the output that is written over, and gone in the end. Where nobody watches there is none.</summary>
/// <remarks>It may be told from any thread.</remarks>
internal sealed class LiveLine(Terminal terminal) : IDisposable
{
    private const string Erase = "\r\e[2K";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private DateTime last;
    private bool isShown;

    /// <summary>Writes the line over, at most ten times a second; what is too long is cut.</summary>
    /// <param name="pieces">Makes the line's pieces; asked only when they are shown.</param>
    public void Show(Func<(string Text, Style Style)[]> pieces)
    {
        lock (gate)
        {
            if (terminal.Screen is not { } screen || DateTime.UtcNow - last < Pause)
            {
                return;
            }

            last = DateTime.UtcNow;
            isShown = true;
            screen.Write(new ControlCode(Erase));
            int room = screen.Profile.Width - 1;
            foreach ((string text, Style style) in pieces())
            {
                string shown = text.Length > room ? text[..room] : text;
                screen.Write(new Text(shown, style));
                room -= shown.Length;
            }
        }
    }

    /// <summary>Takes the line away, so that others can be written.</summary>
    public void Clear()
    {
        lock (gate)
        {
            if (isShown)
            {
                isShown = false;
                terminal.Screen?.Write(new ControlCode(Erase));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();
}
