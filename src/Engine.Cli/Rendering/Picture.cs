using Spectre.Console;

namespace Engine.Cli.Rendering;

/// <summary>
/// A picture as the network sees it, two rows of pixels to a row of characters: in greys where the terminal has
/// colours, otherwise black and white.
/// </summary>
internal static class Picture
{
    /// <summary>Draws a grey picture.</summary>
    /// <param name="levels">height·width numbers, row by row; 0 is black, 1 is white.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="inGrey">Whether the terminal shows greys.</param>
    public static TextCanvas Draw(ReadOnlySpan<float> levels, int width, bool inGrey)
    {
        int height = levels.Length / width;
        TextCanvas canvas = new(width, (height + 1) / 2);
        for (int y = 0; y < height; y += 2)
        {
            for (int x = 0; x < width; x++)
            {
                float top = levels[(y * width) + x], bottom = y + 1 < height ? levels[((y + 1) * width) + x] : 0;
                if (inGrey)
                {
                    canvas.Put(x, y / 2, '▀', new Style(Grey(top), Grey(bottom)));
                }
                else
                {
                    canvas.Put(x, y / 2, (top >= 0.5f, bottom >= 0.5f) switch
                    {
                        (true, true) => '█',
                        (true, false) => '▀',
                        (false, true) => '▄',
                        _ => ' ',
                    }, Theme.Plain);
                }
            }
        }

        return canvas;
    }

    private static Color Grey(float level)
    {
        // The greys of the 256-colour palette: unlike its black and white, no theme changes them.
        byte value = (byte)Math.Round(8 + (230 * Math.Clamp(level, 0, 1)));
        return new Color(value, value, value);
    }
}
