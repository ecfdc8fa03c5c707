namespace Engine.Data;

/// <summary>One of the partial pictures of an interlaced PNG; the whole picture where it is not interlaced.</summary>
/// <param name="Top">The row of its first pixel.</param>
/// <param name="Left">The column of its first pixel.</param>
/// <param name="RowStep">From one of its rows to the next.</param>
/// <param name="ColumnStep">From one of its columns to the next.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Columns">How many columns it has.</param>
internal readonly record struct PngPass(int Top, int Left, int RowStep, int ColumnStep, int Rows, int Columns)
{
    // Adam M. Costello's seven passes: every 8th pixel both ways first, then the gaps halved in turn (clause 8.2).
    private static readonly (int Top, int Left, int RowStep, int ColumnStep)[] Adam7 =
    [
        (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1),
    ];

    private static readonly (int Top, int Left, int RowStep, int ColumnStep)[] Whole = [(0, 0, 1, 1)];

    /// <summary>The passes of a picture that have any pixels, in their order.</summary>
    public static IEnumerable<PngPass> Of(PngHeader header)
    {
        foreach ((int top, int left, int rowStep, int columnStep) in header.Interlaced ? Adam7 : Whole)
        {
            int rows = (header.Height - top + rowStep - 1) / rowStep, columns = (header.Width - left + columnStep - 1) / columnStep;
            if (rows > 0 && columns > 0)
            {
                yield return new PngPass(top, left, rowStep, columnStep, rows, columns);
            }
        }
    }
}
