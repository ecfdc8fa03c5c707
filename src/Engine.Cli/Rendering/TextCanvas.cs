using Spectre.Console;
using Spectre.Console.Rendering;

namespace Engine.Cli.Rendering;

/// <summary>A rectangle of characters, each with its style: what charts are drawn on.</summary>
internal sealed class TextCanvas : Renderable
{
    private readonly (char Glyph, Style Style)[,] cells;

    /// <summary>An empty canvas.</summary>
    public TextCanvas(int width, int height)
    {
        (Width, Height) = (width, height);
        cells = new (char, Style)[height, width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                cells[y, x] = (' ', Theme.Plain);
            }
        }
    }

    /// <summary>Characters per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Puts one character, one column wide; outside the canvas nothing happens.</summary>
    public void Put(int x, int y, char glyph, Style style)
    {
        if ((uint)x < (uint)Width && (uint)y < (uint)Height)
        {
            cells[y, x] = (glyph, style);
        }
    }

    /// <summary>Writes text from a position on.</summary>
    public void Write(int x, int y, string text, Style style)
    {
        foreach (char glyph in text)
        {
            Put(x++, y, glyph, style);
        }
    }

    /// <summary>Puts another canvas on this one.</summary>
    public void Place(TextCanvas other, int x, int y)
    {
        for (int row = 0; row < other.Height; row++)
        {
            for (int column = 0; column < other.Width; column++)
            {
                (char glyph, Style style) = other.cells[row, column];
                Put(x + column, y + row, glyph, style);
            }
        }
    }

    /// <summary>Writes the characters alone, row by row.</summary>
    public void WriteTo(TextWriter writer)
    {
        char[] row = new char[Width];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                row[x] = cells[y, x].Glyph;
            }

            writer.Write(row, 0, EndOf(y));
            writer.Write('\n');
        }
    }

    /// <inheritdoc/>
    protected override Measurement Measure(RenderOptions options, int maxWidth) => new(Width, Width);

    /// <inheritdoc/>
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        for (int y = 0; y < Height; y++)
        {
            int end = EndOf(y);
            for (int x = 0; x < end;)
            {
                // Neighbours of one style make one segment, so that the terminal gets few escape codes.
                int from = x;
                Style style = cells[y, x].Style;
                while (x < end && cells[y, x].Style.Equals(style))
                {
                    x++;
                }

                yield return new Segment(string.Concat(Enumerable.Range(from, x - from).Select(i => cells[y, i].Glyph)), style);
            }

            yield return Segment.LineBreak;
        }
    }

    // Where only blanks follow that nobody would see.
    private int EndOf(int row)
    {
        int end = Width;
        while (end > 0 && cells[row, end - 1].Glyph == ' ' && cells[row, end - 1].Style.Background == Color.Default)
        {
            end--;
        }

        return end;
    }
}
