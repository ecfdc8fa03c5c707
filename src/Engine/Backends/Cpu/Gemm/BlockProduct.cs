using System.Runtime.CompilerServices;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>Some rows of y times some panels of b: the loops around the micro-kernel, and what lies in which cache.</summary>
/// <remarks>
/// <para>
/// Outermost, k runs in blocks so short that a panel of b, block × 3 vectors, fits into the first-level cache. The
/// panel stays there while all rows of a pass over it, 8 at a time. The rows, block × perhaps 64, are read again for
/// every panel and stay in the second-level cache. All of b streams by once per group of rows. From the second
/// block on, the sums continue from what the block before left in y.
/// </para>
/// <para>
/// a is read where it lies. Its numbers are spread over a vector one by one anyway, so it gains nothing from being
/// packed, and of a transposed a the 8 numbers of a tile lie side by side.
/// </para>
/// </remarks>
internal static unsafe class BlockProduct<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    // Three quarters of a 48 KB first-level cache; the rest is for the rows of a and the tile of y.
    private const int PanelBytes = 36 * 1024;

    private const int LargestDepth = 512;

    // The widest tile there is: 8 rows of 3 vectors of 16.
    private const int LargestTile = 8 * 3 * 16;

    private static int DepthOfBlock => Math.Min(LargestDepth, PanelBytes / (TSimd.TileVectors * TSimd.Lanes * sizeof(T)));

    /// <summary>Computes rows <paramref name="firstRow"/> … <paramref name="endRow"/> − 1 of the given panels of y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        in Product<T> p, in Panels<T, TVector, TSimd> panels, int firstRow, int endRow, int firstPanel, int endPanel)
    {
        Cut depths = new(p.K, DepthOfBlock), heights = new(endRow - firstRow, TSimd.TileRows);
        for (int block = 0; block < depths.Parts; block++)
        {
            int k = depths.Start(block), depth = depths.Start(block + 1) - k;
            T* start = block == 0 ? p.Start : p.Y;
            nint startRow = block == 0 ? p.StartRow : p.YRow;
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                T* b = panels.Rows(panel, out nint bStep);
                StridedRows<T> rowsOfB = new(b + (k * bStep), bStep);
                int column = panels.Start(panel), vectors = panels.Vectors(panel), columns = panels.Columns(panel);
                bool whole = columns == vectors * TSimd.Lanes;
                for (int tile = 0; tile < heights.Parts; tile++)
                {
                    int row = firstRow + heights.Start(tile), rows = firstRow + heights.Start(tile + 1) - row;
                    T* a = p.A + (row * p.ARow) + (k * p.AStep);
                    T* from = start is null ? null : start + (row * startRow) + column;
                    T* y = p.Y + (row * p.YRow) + column;
                    if (whole)
                    {
                        MicroKernel<T, TVector, TSimd>.Run(
                            rows, vectors, depth, a, p.ARow, p.AStep, rowsOfB, from, startRow, y, p.YRow);
                    }
                    else
                    {
                        RunRagged(rows, columns, vectors, depth, a, p.ARow, p.AStep, rowsOfB, from, startRow, y, p.YRow);
                    }
                }
            }
        }
    }

    // The kernel writes whole vectors: at a ragged edge into a tile of its own, of which the columns that exist are copied.
    [SkipLocalsInit]
    private static void RunRagged(
        int rows, int columns, int vectors, int depth, T* a, nint aRow, nint aStep, StridedRows<T> b, T* start, nint startRow, T* y, nint yRow)
    {
        T* tile = stackalloc T[LargestTile];
        int width = vectors * TSimd.Lanes;
        if (start is not null)
        {
            for (int i = 0; i < rows; i++)
            {
                Span<T> row = new(tile + (i * width), width);
                new Span<T>(start + (i * startRow), columns).CopyTo(row);
                row[columns..].Clear();
            }
        }

        MicroKernel<T, TVector, TSimd>.Run(
            rows, vectors, depth, a, aRow, aStep, b, start is null ? null : tile, width, tile, width);
        for (int i = 0; i < rows; i++)
        {
            new Span<T>(tile + (i * width), columns).CopyTo(new Span<T>(y + (i * yRow), columns));
        }
    }
}
