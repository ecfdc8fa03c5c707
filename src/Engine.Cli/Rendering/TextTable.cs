using Spectre.Console;

namespace Engine.Cli.Rendering;

/// <summary>A table without lines: columns apart by two blanks, numbers to the right, one rule under the head.</summary>
internal sealed class TextTable
{
    private readonly (string Head, bool ToTheRight)[] columns;
    private readonly List<(string[] Cells, Style? Style)> rows = [];
    private readonly Dictionary<int, string> notes = [];

    /// <summary>A table; a head that begins with &gt; has its column to the right.</summary>
    public TextTable(params string[] heads) =>
        columns = [.. heads.Select(h => h.StartsWith('>') ? (h[1..], true) : (h, false))];

    /// <summary>Characters per row, where nothing is broken.</summary>
    public int Width => Widths().Sum() + Gaps;

    private int Gaps => 2 * (columns.Length - 1);

    /// <summary>Appends a row.</summary>
    public void Add(params string[] cells) => rows.Add((cells, null));

    /// <summary>Appends a row in a style of its own.</summary>
    public void Add(Style style, params string[] cells) => rows.Add((cells, style));

    /// <summary>Writes a text below the last row, across the columns.</summary>
    public void AddNote(string text) => notes[rows.Count - 1] = text;

    /// <summary>Appends a rule.</summary>
    public void AddRule() => rows.Add(([], null));

    /// <summary>Writes the table. What is too long for the terminal goes on below itself, in the last column.</summary>
    public void WriteTo(Terminal terminal)
    {
        int[] widths = Widths();
        int total = widths.Sum() + Gaps;
        if (!columns[^1].ToTheRight && total > terminal.Width)
        {
            widths[^1] = Math.Max(16, widths[^1] - (total - terminal.Width));
            total = widths.Sum() + Gaps;
        }

        terminal.Line(Row([.. columns.Select(c => c.Head)], widths), Theme.Quiet);
        terminal.Line(new string('─', total), Theme.Quiet);
        for (int r = 0; r < rows.Count; r++)
        {
            (string[] cells, Style? style) = rows[r];
            if (cells.Length == 0)
            {
                terminal.Line(new string('─', total), Theme.Quiet);
                continue;
            }

            string[] rest = [.. cells];
            foreach (string piece in columns[^1].ToTheRight ? [cells[^1]] : TextWrap.Lines(cells[^1], widths[^1]))
            {
                rest[^1] = piece;
                terminal.Line(Row(rest, widths), style);
                rest = [.. cells.Select(_ => "")];
            }

            foreach (string line in notes.TryGetValue(r, out string? note) ? TextWrap.Lines(note, Math.Max(total, terminal.Width) - 4) : [])
            {
                terminal.Line($"    {line}", Theme.Quiet);
            }
        }
    }

    private int[] Widths() =>
        [.. columns.Select((column, c) => rows.Where(r => r.Cells.Length > 0).Select(r => r.Cells[c].Length).Append(column.Head.Length).Max())];

    private string Row(string[] cells, int[] widths) => string.Join(
        "  ", cells.Select((cell, c) => columns[c].ToTheRight ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd();
}
