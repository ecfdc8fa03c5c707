namespace Engine.Data;

/// <summary>The filters of PNG: a byte is stored as its difference from a guess (ISO/IEC 15948, clause 9).</summary>
internal static class PngFilter
{
    /// <summary>How many filters there are.</summary>
    public const int Count = 5;

    /// <summary>Turns a filtered row into the row.</summary>
    /// <param name="filter">0 none, 1 the pixel to the left, 2 the one above, 3 the mean of both, 4 Paeth's choice.</param>
    /// <param name="row">The row, changed in place.</param>
    /// <param name="above">The row above, zeros for the first; as long as the row.</param>
    /// <param name="pixelBytes">Bytes per pixel, at least 1.</param>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < pixelBytes ? 0 : row[i - pixelBytes];
            int aboveLeft = i < pixelBytes ? 0 : above[i - pixelBytes];
            row[i] += (byte)Guess(filter, left, above[i], aboveLeft);
        }
    }

    /// <summary>What a filter expects in the place of a byte.</summary>
    public static int Guess(int filter, int left, int above, int aboveLeft) => filter switch
    {
        0 => 0,
        1 => left,
        2 => above,
        3 => (left + above) / 2,
        _ => Paeth(left, above, aboveLeft),
    };

    // Of the three neighbours the one nearest to left + above − aboveLeft, the plane through them.
    private static int Paeth(int left, int above, int aboveLeft)
    {
        int plane = left + above - aboveLeft;
        int toLeft = Math.Abs(plane - left), toAbove = Math.Abs(plane - above), toAboveLeft = Math.Abs(plane - aboveLeft);
        return toLeft <= toAbove && toLeft <= toAboveLeft ? left : toAbove <= toAboveLeft ? above : aboveLeft;
    }
}
