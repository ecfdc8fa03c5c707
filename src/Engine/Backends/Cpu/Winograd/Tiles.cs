using Engine.Backends.Cpu.Convolution;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The outputs of a batch as tiles of m×m, counted from image to image, row by row of tiles. The last of a row or a column
/// may stick out of the image.
/// </summary>
internal readonly struct Tiles
{
    /// <summary>The most tiles of a <see cref="Run"/>: so few that their pixels of a vector's channels lie in the first-level cache.</summary>
    public const int LongestRun = 16;

    private readonly int rows;
    private readonly int columns;

    /// <summary>The tiles of a convolution's outputs.</summary>
    public Tiles(in Geometry geometry, int outputs)
    {
        rows = (geometry.OutHeight + outputs - 1) / outputs;
        columns = (geometry.OutWidth + outputs - 1) / outputs;
        Count = geometry.Images * rows * columns;
    }

    /// <summary>How many tiles.</summary>
    public int Count { get; }

    /// <summary>From a tile to the end of its row of tiles, to <paramref name="end"/>, or as far as a run may go, whichever comes first.</summary>
    public Run RunFrom(int tile, int end)
    {
        int column = tile % columns, row = tile / columns % rows, image = tile / columns / rows;
        return new Run(image, row, column, Math.Min(Math.Min(columns - column, end - tile), LongestRun));
    }

    /// <summary>Neighbouring tiles in one row of tiles of one image.</summary>
    internal readonly record struct Run(int Image, int Row, int FirstColumn, int Count);
}
