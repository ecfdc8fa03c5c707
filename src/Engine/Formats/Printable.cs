namespace Engine.Formats;

/// <summary>Makes text that came out of a file fit for a message of one line.</summary>
internal static class Printable
{
    private const int Longest = 120;

    /// <summary>The text without what a terminal would obey, and not too much of it.</summary>
    public static string Line(string text)
    {
        string printable = string.Concat(text.Take(Longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > Longest ? $"{printable}…" : printable.TrimEnd('.');
    }

    /// <summary>The same in quotes.</summary>
    public static string Quote(string text) => $"'{Line(text)}'";
}
