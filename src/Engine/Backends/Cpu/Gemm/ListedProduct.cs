using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>
/// y = a·b where the rows of b are listed in a table of offsets. The rows may overlap, so b can be many shifted views of
/// little memory.
/// </summary>
internal static unsafe class ListedProduct<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    // The rows of a of one block stay in the second-level cache while the panels of b pass; the panel in the first.
    private const int LargestDepth = 512;

    /// <summary>How many columns <see cref="Run"/> computes when asked for so many: whole vectors, whose rest holds anything.</summary>
    public static int Rounded(int columns) => (columns + TSimd.Lanes - 1) / TSimd.Lanes * TSimd.Lanes;

    /// <summary>Computes y = a·b.</summary>
    /// <param name="m">Rows of a and y.</param>
    /// <param name="columns">Columns of b and y, already <see cref="Rounded"/>.</param>
    /// <param name="k">Columns of a, rows of b.</param>
    /// <param name="a">Element (i, k) lies at <c>a[i·aRow + k]</c>.</param>
    /// <param name="aRow">From one row of a to the next.</param>
    /// <param name="b">Element (k, j) lies at <c>b[offsets[k] + j]</c>.</param>
    /// <param name="offsets">One for each k.</param>
    /// <param name="y">Element (i, j) lies at <c>y[i·yRow + j]</c>.</param>
    /// <param name="yRow">From one row of y to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int m, int columns, int k, T* a, nint aRow, T* b, int* offsets, T* y, nint yRow)
    {
        Cut depths = new(k, LargestDepth), panels = new(columns / TSimd.Lanes, TSimd.TileVectors), heights = new(m, TSimd.TileRows);
        for (int block = 0; block < depths.Parts; block++)
        {
            int first = depths.Start(block), depth = depths.Start(block + 1) - first;
            for (int panel = 0; panel < panels.Parts; panel++)
            {
                int column = panels.Start(panel) * TSimd.Lanes, vectors = panels.Start(panel + 1) - panels.Start(panel);
                ListedRows<T> rowsOfB = new(b + column, offsets + first);
                for (int tile = 0; tile < heights.Parts; tile++)
                {
                    int row = heights.Start(tile), rows = heights.Start(tile + 1) - row;
                    T* result = y + (row * yRow) + column;
                    MicroKernel<T, TVector, TSimd>.Run(
                        rows, vectors, depth, a + (row * aRow) + first, aRow, 1, rowsOfB, block == 0 ? null : result, yRow, result, yRow);
                }
            }
        }
    }
}
