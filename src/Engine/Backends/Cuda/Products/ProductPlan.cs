namespace Engine.Backends.Cuda;

/// <summary>How a product is divided among blocks of threads.</summary>
/// <param name="Tile">What a block computes.</param>
/// <param name="Splits">Into how many parts, added up afterwards, the sum is split.</param>
/// <param name="Depth">Terms of a part; the last may have fewer.</param>
/// <remarks>
/// A plan is what a plain model of a device expects to end first. The model knows sizes and nothing of the device at hand:
/// the order of a sum follows from the plan, and is to be the same everywhere.
/// </remarks>
internal readonly record struct ProductPlan(TileSize Tile, int Splits, int Depth)
{
    // An A100 has 108 multiprocessors, an H200 132. Each multiplies and adds 128 times per cycle.
    private const int Multiprocessors = 128;
    private const int ProductsPerCycle = 128;

    // A step waits for its barrier and for numbers from far away, however little it computes.
    private const int CyclesOfAStep = 500;

    // Adding up the parts: another launch, and memory traffic that all multiprocessors share.
    private const int CyclesOfALaunch = 3000;
    private const int NumbersPerCycle = 500;

    // Below this many terms a part is not worth a block.
    private const int LeastDepth = 128;

    /// <summary>The plan for a product.</summary>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="depth">Terms of each sum.</param>
    /// <param name="layers">How many such products.</param>
    /// <param name="maySplit">Whether sums may be split.</param>
    public static ProductPlan For(int rows, int columns, int depth, int layers = 1, bool maySplit = true)
    {
        ProductPlan best = default;
        double least = double.PositiveInfinity;
        foreach (TileSize tile in TileSize.All)
        {
            long blocks = tile.Count(rows, columns) * layers;
            ProductPlan plan = Split(tile, depth, maySplit ? (int)(Multiprocessors / blocks) : 1);
            double cycles = plan.Cycles(blocks, (double)rows * columns * layers);
            if (cycles < least)
            {
                (best, least) = (plan, cycles);
            }
        }

        return best;
    }

    /// <summary>A plan with a given tile and number of parts; fewer where they would be short.</summary>
    public static ProductPlan Split(TileSize tile, int depth, int splits)
    {
        splits = Math.Clamp(splits, 1, Math.Max(1, depth / LeastDepth));
        int steps = (int)(((long)depth + ((long)splits * tile.Depth) - 1) / ((long)splits * tile.Depth));
        int part = (int)Math.Min((long)steps * tile.Depth, int.MaxValue);
        return new ProductPlan(tile, (int)(((long)depth + part - 1) / part), part);
    }

    private double Cycles(long blocks, double results)
    {
        double steps = Math.Ceiling((double)Depth / Tile.Depth);
        double rounds = Math.Ceiling((double)blocks * Splits / Multiprocessors);
        double perStep = rounds * Tile.Rows * Tile.Columns * Tile.Depth / (ProductsPerCycle * Tile.Efficiency);
        double adding = Splits == 1 ? 0 : CyclesOfALaunch + ((Splits + 1) * results / NumbersPerCycle);
        return (steps * Math.Max(perStep, CyclesOfAStep)) + adding;
    }
}
