using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// The batch cut into tiles whose columns fit the second-level cache: some rows of places of one image, or, where images
/// are so small that a matrix product could not fill its registers, several whole images side by side.
/// </summary>
internal readonly struct ColumnTiles
{
    private readonly Cut images;
    private readonly Cut rows;
    private readonly int positionsPerRow;

    /// <summary>Cuts the batch.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="wanted">Columns that a tile should have, if images must be put together for it.</param>
    /// <param name="most">Columns that a tile should not exceed, though it has at least one row of places.</param>
    /// <param name="enough">How many tiles there should be, as far as the batch has them, to keep the threads busy.</param>
    public ColumnTiles(in Geometry geometry, int wanted, int most, int enough)
    {
        positionsPerRow = geometry.OutWidth;
        int fitting = Math.Max(1, most / geometry.OutWidth);
        if (geometry.Images < enough)
        {
            fitting = Math.Min(fitting, Math.Max(1, geometry.OutHeight * geometry.Images / enough));
        }

        rows = new Cut(geometry.OutHeight, Math.Min(fitting, geometry.OutHeight));
        int together = rows.Parts > 1 ? 1 : Math.Min(wanted / geometry.Positions, geometry.Images / enough);
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
