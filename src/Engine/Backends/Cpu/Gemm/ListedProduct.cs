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

    // Registers of a row of y that are summed at a time: as many as a multiply–add takes cycles, twice, since two of them begin
    // in each.
    private const int Chains = 8;

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
        if (m == 1 && columns >= Chains * TSimd.Lanes)
        {
            RunRow(columns, k, a, b, offsets, y);
            return;
        }

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

    // One row of a and y, as where channels do not mix. A tile of one row would be two chains of sums, each waiting for itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunRow(int columns, int k, T* a, T* b, int* offsets, T* y)
    {
        for (int j = 0; j < columns; j += Chains * TSimd.Lanes)
        {
            // What is left at the end is summed together with some that are done already.
            j = Math.Min(j, columns - (Chains * TSimd.Lanes));
            TVector s0 = TSimd.Broadcast(default(T)), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            for (int i = 0; i < k; i++)
            {
                TVector weight = TSimd.Broadcast(a + i);
                T* row = b + offsets[i] + j;
                s0 = TSimd.MultiplyAdd(weight, TSimd.Load(row), s0);
                s1 = TSimd.MultiplyAdd(weight, TSimd.Load(row + TSimd.Lanes), s1);
                s2 = TSimd.MultiplyAdd(weight, TSimd.Load(row + (2 * TSimd.Lanes)), s2);
                s3 = TSimd.MultiplyAdd(weight, TSimd.Load(row + (3 * TSimd.Lanes)), s3);
                s4 = TSimd.MultiplyAdd(weight, TSimd.Load(row + (4 * TSimd.Lanes)), s4);
                s5 = TSimd.MultiplyAdd(weight, TSimd.Load(row + (5 * TSimd.Lanes)), s5);
                s6 = TSimd.MultiplyAdd(weight, TSimd.Load(row + (6 * TSimd.Lanes)), s6);
                s7 = TSimd.MultiplyAdd(weight, TSimd.Load(row + (7 * TSimd.Lanes)), s7);
            }

            TSimd.Store(s0, y + j);
            TSimd.Store(s1, y + j + TSimd.Lanes);
            TSimd.Store(s2, y + j + (2 * TSimd.Lanes));
            TSimd.Store(s3, y + j + (3 * TSimd.Lanes));
            TSimd.Store(s4, y + j + (4 * TSimd.Lanes));
            TSimd.Store(s5, y + j + (5 * TSimd.Lanes));
            TSimd.Store(s6, y + j + (6 * TSimd.Lanes));
            TSimd.Store(s7, y + j + (7 * TSimd.Lanes));
        }
    }
}
