namespace Engine.Cli.Rendering;

/// <summary>Breaks text into lines at its blanks.</summary>
internal static class TextWrap
{
    /// <summary>The lines, none longer than the width but for words that are.</summary>
    public static IEnumerable<string> Lines(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }
}
