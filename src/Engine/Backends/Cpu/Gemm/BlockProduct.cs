using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>A block of y on one thread: the loops around the micro-kernel, and what lies in which cache.</summary>
/// <remarks>
/// <para>
/// Outermost, k runs in blocks so short that a panel of b, block × 2 vectors, fits into the first-level cache. The
/// panel stays there while the rows of a group pass over it, 14 at a time. The group, block × some 140 rows of a, is
/// read again for every panel and stays in the second-level cache. From the second block of k on, the sums continue from
/// what the block before left in y.
/// </para>
/// <para>
/// Where all of b fits into the first-level cache, there is nothing to arrange: a few rows of y after the other are
/// computed from left to right. (128×10×512 on one thread: 150 GFLOP/s; panel by panel, with copies, 131.)
/// </para>
/// <para>
/// Where y is larger than the second-level cache, every such block carries it through memory once more, and all
/// sums of a tile wait for their first numbers: at 2048×2048×2048 a tenth of the time. There the blocks are twice as long,
/// though panels then come from the second-level cache, and the y of the next tile is called for ahead of time.
/// </para>
/// <para>
/// Both operands are read where they lie or from copies in the kernel's own order (<see cref="Strips"/>). A strip is
/// copied at the moment of its first use and is still in the cache when the kernel reads it. Copying pays off when a
/// strip is used often enough, and is necessary where b is transposed, or ragged at its right edge: then zeros take the
/// place of missing columns, and the kernel never reads beyond the end of b.
/// </para>
/// </remarks>
internal static unsafe class BlockProduct<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    /// <summary>The longest block of k, unless y is large: 2 vectors of 16 floats make it a panel of 32 KB.</summary>
    public const int LargestDepth = 256;

    private const int LargestDepthForLargeY = 2 * LargestDepth;

    // A y of this size does not stay in the second-level cache.
    private const int BytesOfY = 2 << 20;

    // Rows of a that pass over a panel of b while it is in the first-level cache; 256 deep they take 144 KB.
    private const int RowsPerGroup = 144;

    // The widest tile there is: 14 rows of 2 vectors of 16.
    private const int LargestTile = 14 * 2 * 16;

    /// <summary>Computes the product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in Product<T> p)
    {
        if (FitsFirstLevel(p) && p.BColumn == 1 && p.N % TSimd.Lanes == 0)
        {
            RunInPlace(p);
            return;
        }

        bool isLarge = (long)p.M * p.N * sizeof(T) >= BytesOfY;
        Cut depths = new(p.K, isLarge ? LargestDepthForLargeY : LargestDepth), tiles = new(p.M, TSimd.TileRows);
        Cut groups = new(tiles.Parts, RowsPerGroup / TSimd.TileRows);
        Cut panels = new((p.N + TSimd.Lanes - 1) / TSimd.Lanes, TSimd.TileVectors);
        bool packA = PackingPaysForA(p, panels.Parts);
        int firstPacked = PackingPaysForB(p) ? 0 : panels.Parts - (p.N % TSimd.Lanes == 0 ? 0 : 1);
        int depthOfCopies = depths.LargestPart;
        T* packedA = packA ? Scratch.Get<T>(ScratchUse.PackedA, ((long)RowsPerGroup * depthOfCopies) + TSimd.Lanes) : null;
        int firstColumn = panels.Start(firstPacked) * TSimd.Lanes;
        T* packedB = firstPacked == panels.Parts
            ? null
            : Scratch.Get<T>(ScratchUse.PackedB, (long)((panels.Start(panels.Parts) * TSimd.Lanes) - firstColumn) * depthOfCopies);
        for (int block = 0; block < depths.Parts; block++)
        {
            int k = depths.Start(block), depth = depths.Start(block + 1) - k;
            T* start = block == 0 ? p.Start : p.Y;
            nint startRow = block == 0 ? p.StartRow : p.YRow;
            for (int group = 0; group < groups.Parts; group++)
            {
                int firstTile = groups.Start(group), endTile = groups.Start(group + 1), firstRow = tiles.Start(firstTile);
                for (int tile = firstTile; packA && tile < endTile; tile++)
                {
                    int row = tiles.Start(tile), rows = tiles.Start(tile + 1) - row;
                    T* a = p.A + (row * p.ARow) + (k * p.AStep);
                    Strips.Pack(a, p.AStep, p.ARow, rows, depth, packedA + ((nint)(row - firstRow) * depth), rows);
                }

                for (int panel = 0; panel < panels.Parts; panel++)
                {
                    int column = panels.Start(panel) * TSimd.Lanes, vectors = panels.Start(panel + 1) - panels.Start(panel);
                    int width = vectors * TSimd.Lanes, columns = Math.Min(width, p.N - column);
                    T* b = p.B + (k * p.BStep) + (column * p.BColumn), copy = null;
                    nint bStep = p.BStep;
                    bool copyOnTheWay = false;
                    if (panel >= firstPacked)
                    {
                        copy = packedB + ((nint)(column - firstColumn) * depth);
                        copyOnTheWay = group == 0 && p.BColumn == 1 && columns == TSimd.TileVectors * TSimd.Lanes;
                        if (!copyOnTheWay)
                        {
                            if (group == 0)
                            {
                                Strips.Pack(b, bStep, p.BColumn, columns, depth, copy, width);
                            }

                            b = copy;
                            bStep = width;
                        }
                    }

                    for (int tile = firstTile; tile < endTile; tile++)
                    {
                        int row = tiles.Start(tile), rows = tiles.Start(tile + 1) - row;
                        T* a = p.A + (row * p.ARow) + (k * p.AStep);
                        nint aRow = p.ARow, aStep = p.AStep;
                        if (packA)
                        {
                            a = packedA + ((nint)(row - firstRow) * depth);
                            (aRow, aStep) = (1, rows);
                        }

                        T* from = start is null ? null : start + (row * startRow) + column;
                        T* y = p.Y + (row * p.YRow) + column;
                        if (isLarge && tile + 1 < endTile)
                        {
                            CacheLines.PrefetchRows(y + (rows * p.YRow), p.YRow, rows, columns);
                        }

                        if (copyOnTheWay)
                        {
                            CopiedRows<T, TVector, TSimd> rowsOfB = new(b, bStep, copy);
                            MicroKernel<T, TVector, TSimd>.Run(rows, vectors, depth, a, aRow, aStep, rowsOfB, from, startRow, y, p.YRow);
                            b = copy;
                            bStep = width;
                            copyOnTheWay = false;
                        }
                        else if (columns == width)
                        {
                            StridedRows<T> rowsOfB = new(b, bStep);
                            MicroKernel<T, TVector, TSimd>.Run(rows, vectors, depth, a, aRow, aStep, rowsOfB, from, startRow, y, p.YRow);
                        }
                        else
                        {
                            StridedRows<T> rowsOfB = new(b, bStep);
                            RunRagged(rows, columns, vectors, depth, a, aRow, aStep, rowsOfB, from, startRow, y, p.YRow);
                        }
                    }
                }

                if (block == depths.Parts - 1)
                {
                    // The rows of the group are still in the second-level cache.
                    CpuBackend.Activate(p.Block(firstRow, tiles.Start(endTile), 0, p.N));
                }
            }
        }
    }

    // Nothing is copied: with so small a b, a number of a is used too seldom.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunInPlace(in Product<T> p)
    {
        Cut tiles = new(p.M, TSimd.TileRows);
        for (int tile = 0; tile < tiles.Parts; tile++)
        {
            int row = tiles.Start(tile), rows = tiles.Start(tile + 1) - row;
            T* a = p.A + (row * p.ARow), start = p.Start is null ? null : p.Start + (row * p.StartRow), y = p.Y + (row * p.YRow);
            for (int column = 0; column < p.N; column += TSimd.TileVectors * TSimd.Lanes)
            {
                int vectors = Math.Min(TSimd.TileVectors, (p.N - column) / TSimd.Lanes);
                StridedRows<T> rowsOfB = new(p.B + column, p.BStep);
                T* from = start is null ? null : start + column;
                MicroKernel<T, TVector, TSimd>.Run(rows, vectors, p.K, a, p.ARow, p.AStep, rowsOfB, from, p.StartRow, y + column, p.YRow);
            }
        }

        CpuBackend.Activate(p);
    }

    // A copy costs about as much as three panels gain from it; where rows are so far apart that they meet in the cache, less.
    private static bool PackingPaysForA(in Product<T> p, int panels) =>
        p.ARow * sizeof(T) % 1024 == 0 || p.AStep * sizeof(T) >= 1024 ? panels >= 6 : panels >= 12;

    // What fits into the first-level cache, or is used by few rows only and comes from the second, may stay where it lies.
    private static bool PackingPaysForB(in Product<T> p) =>
        p.BColumn != 1 || (!FitsFirstLevel(p) && p.M > 2 * TSimd.TileRows) || BytesOfB(p) > 1 << 20;

    private static bool FitsFirstLevel(in Product<T> p) => BytesOfB(p) <= 32 << 10;

    private static long BytesOfB(in Product<T> p) => (long)p.K * p.N * sizeof(T);

    // The kernel writes whole vectors: at a ragged edge into a tile of its own, of which the columns that exist are copied.
    [SkipLocalsInit]
    private static void RunRagged(
        int rows, int columns, int vectors, int depth, T* a, nint aRow, nint aStep, StridedRows<T> b, T* start, nint startRow, T* y, nint yRow)
    {
        T* tile = stackalloc T[LargestTile];
        int width = vectors * TSimd.Lanes;
        if (start is not null)
        {
            Strips.Pack(start, startRow, 1, columns, rows, tile, width);
        }

        MicroKernel<T, TVector, TSimd>.Run(
            rows, vectors, depth, a, aRow, aStep, b, start is null ? null : tile, width, tile, width);
        Strips.Copy(tile, width, columns, rows, y, yRow);
    }
}
