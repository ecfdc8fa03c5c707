using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// The batch cut into tiles whose columns fit the second-level cache: some rows of places of one image, or, where images
/// are so small that a matrix product could not fill its registers, several whole images side by side.
/// </summary>
internal readonly struct ColumnTiles
{
    // A quarter of a 2 MB second-level cache, half of a smaller one.
    private const int ColumnBytes = 512 * 1024;

    // A matrix product with fewer columns than this wastes much of the width of its tiles.
    private const int FewColumns = 96;

    // Tiles enough to keep a small machine busy.
    private const int EnoughTiles = 8;

    private readonly Cut images;
    private readonly Cut rows;
    private readonly int positionsPerRow;

    /// <summary>Cuts the batch.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="depth">Rows of the column matrix.</param>
    /// <param name="size">Bytes per number.</param>
    public ColumnTiles(in Geometry geometry, int depth, int size)
    {
        positionsPerRow = geometry.OutWidth;
        int fitting = Math.Max(1, ColumnBytes / (depth * size) / geometry.OutWidth);
        if (geometry.Images < EnoughTiles)
        {
            fitting = Math.Min(fitting, Math.Max(1, geometry.OutHeight * geometry.Images / EnoughTiles));
        }

        rows = new Cut(geometry.OutHeight, Math.Min(fitting, geometry.OutHeight));
        int together = rows.Parts > 1 ? 1 : Math.Min(FewColumns / geometry.Positions, geometry.Images / EnoughTiles);
        images = new Cut(geometry.Images, Math.Max(1, together));
    }

    /// <summary>How many tiles.</summary>
    public int Count => images.Parts * rows.Parts;

    /// <summary>A tile.</summary>
    public Tile this[int index]
    {
        get
        {
            int image = index / rows.Parts, row = index % rows.Parts;
            return new Tile(
                images.Start(image), images.Start(image + 1), rows.Start(row), rows.Start(row + 1), positionsPerRow);
        }
    }

    /// <summary>Images and rows of places of one tile.</summary>
    internal readonly record struct Tile(int FirstImage, int EndImage, int FirstRow, int EndRow, int PositionsPerRow)
    {
        /// <summary>How many images.</summary>
        public int Images => EndImage - FirstImage;

        /// <summary>Places in each image.</summary>
        public int Positions => (EndRow - FirstRow) * PositionsPerRow;

        /// <summary>Where they begin in a plane of the output.</summary>
        public int FirstPosition => FirstRow * PositionsPerRow;

        /// <summary>Columns of the matrix: all places of all images.</summary>
        public int Columns => Images * Positions;
    }
}
