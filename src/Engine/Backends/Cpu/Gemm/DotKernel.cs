using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>
/// y += a·bᵀ where the rows of both operands lie in one piece: every element of y is the dot product of two rows.
/// </summary>
/// <remarks>
/// <para>
/// Where k runs along the rows of both operands, the tile kernel would have to have b transposed first. Here the
/// vectors lie along k instead: a tile of 8 rows of a and 3 of b has 24 sums, each a vector of partial sums of one dot
/// product; 11 loads feed 24 multiply–adds. The price is paid at the end, when each vector is added up to one number, so
/// this is for long rows, or for so few of them that transposing b would not pay: the gradient of a convolution's
/// weights, and products with a transposed matrix at batch 1.
/// </para>
/// <para>
/// The 8 rows of a stay in the first-level cache, in blocks of k that fit there, while the rows of b stream past.
/// </para>
/// </remarks>
internal static unsafe class DotKernel<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    // 8 rows of this many bytes take 32 KB.
    private const int BlockBytes = 4096;

    // The largest tile there is: 24 sums of 16 lanes.
    private const int LargestTile = 8 * 3 * 16;

    // 24 sums, 3 rows of b and 1 of a in 32 registers; 8, 2 and 1 in 16.
    private static int TileRows => TSimd.TileRows > 8 ? 8 : 4;

    private static int TileColumns => TSimd.TileRows > 8 ? 3 : 2;

    /// <summary>Adds a·bᵀ to y.</summary>
    /// <param name="m">Rows of a and y.</param>
    /// <param name="n">Rows of b, columns of y.</param>
    /// <param name="depth">The length of the rows of a and b.</param>
    /// <param name="a">Element (i, k) lies at <c>a[i·aRow + k]</c>.</param>
    /// <param name="aRow">From one row of a to the next.</param>
    /// <param name="b">Element (j, k) lies at <c>b[j·bRow + k]</c>.</param>
    /// <param name="bRow">From one row of b to the next.</param>
    /// <param name="y">Element (i, j) lies at <c>y[i·yRow + j]</c>.</param>
    /// <param name="yRow">From one row of y to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Run(int m, int n, int depth, T* a, nint aRow, T* b, nint bRow, T* y, nint yRow)
    {
        Cut depths = new(depth, BlockBytes / sizeof(T)), heights = new(m, TileRows), widths = new(n, TileColumns);
        T* sums = stackalloc T[LargestTile];
        for (int block = 0; block < depths.Parts; block++)
        {
            int k = depths.Start(block), length = depths.Start(block + 1) - k;
            for (int tile = 0; tile < heights.Parts; tile++)
            {
                int i = heights.Start(tile), rows = heights.Start(tile + 1) - i;
                for (int strip = 0; strip < widths.Parts; strip++)
                {
                    int j = widths.Start(strip), columns = widths.Start(strip + 1) - j;
                    T* rowsOfA = a + (i * aRow) + k, rowsOfB = b + (j * bRow) + k, result = y + (i * yRow) + j;
                    int whole = length - (length % TSimd.Lanes);
                    Tile(rows, columns, whole, rowsOfA, aRow, rowsOfB, bRow, sums);
                    AddUp(rows, columns, sums, result, yRow);
                    if (whole < length)
                    {
                        AddRest(rows, columns, length - whole, rowsOfA + whole, aRow, rowsOfB + whole, bRow, result, yRow);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(int rows, int columns, int depth, T* a, nint aRow, T* b, nint bRow, T* sums)
    {
        switch (columns)
        {
            case 1:
                Tile<One>(rows, depth, a, aRow, b, bRow, sums);
                break;
            case 2:
                Tile<Two>(rows, depth, a, aRow, b, bRow, sums);
                break;
            default:
                Tile<Three>(rows, depth, a, aRow, b, bRow, sums);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<TColumns>(int rows, int depth, T* a, nint aRow, T* b, nint bRow, T* sums)
        where TColumns : ICount
    {
        switch (rows)
        {
            case 1:
                Tile<One, TColumns>(depth, a, aRow, b, bRow, sums);
                break;
            case 2:
                Tile<Two, TColumns>(depth, a, aRow, b, bRow, sums);
                break;
            case 3:
                Tile<Three, TColumns>(depth, a, aRow, b, bRow, sums);
                break;
            case 4:
                Tile<Four, TColumns>(depth, a, aRow, b, bRow, sums);
                break;
            case 5:
                Tile<Five, TColumns>(depth, a, aRow, b, bRow, sums);
                break;
            case 6:
                Tile<Six, TColumns>(depth, a, aRow, b, bRow, sums);
                break;
            case 7:
                Tile<Seven, TColumns>(depth, a, aRow, b, bRow, sums);
                break;
            default:
                Tile<Eight, TColumns>(depth, a, aRow, b, bRow, sums);
                break;
        }
    }

#pragma warning disable format // One row of the tile, one line.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows, TColumns>(int depth, T* a, nint aRow, T* b, nint bRow, T* sums)
        where TRows : ICount
        where TColumns : ICount
    {
        TVector s00 = default, s01 = default, s02 = default;
        TVector s10 = default, s11 = default, s12 = default;
        TVector s20 = default, s21 = default, s22 = default;
        TVector s30 = default, s31 = default, s32 = default;
        TVector s40 = default, s41 = default, s42 = default;
        TVector s50 = default, s51 = default, s52 = default;
        TVector s60 = default, s61 = default, s62 = default;
        TVector s70 = default, s71 = default, s72 = default;
        TVector v0 = default, v1 = default, v2 = default;
        for (T* end = a + depth; a < end; a += TSimd.Lanes)
        {
            v0 = TSimd.Load(b);
            if (TColumns.Value > 1) { v1 = TSimd.Load(b + bRow); }
            if (TColumns.Value > 2) { v2 = TSimd.Load(b + (2 * bRow)); }
            AddRow<TColumns>(a, v0, v1, v2, ref s00, ref s01, ref s02);
            if (TRows.Value > 1) { AddRow<TColumns>(a + aRow, v0, v1, v2, ref s10, ref s11, ref s12); }
            if (TRows.Value > 2) { AddRow<TColumns>(a + (2 * aRow), v0, v1, v2, ref s20, ref s21, ref s22); }
            if (TRows.Value > 3) { AddRow<TColumns>(a + (3 * aRow), v0, v1, v2, ref s30, ref s31, ref s32); }
            if (TRows.Value > 4) { AddRow<TColumns>(a + (4 * aRow), v0, v1, v2, ref s40, ref s41, ref s42); }
            if (TRows.Value > 5) { AddRow<TColumns>(a + (5 * aRow), v0, v1, v2, ref s50, ref s51, ref s52); }
            if (TRows.Value > 6) { AddRow<TColumns>(a + (6 * aRow), v0, v1, v2, ref s60, ref s61, ref s62); }
            if (TRows.Value > 7) { AddRow<TColumns>(a + (7 * aRow), v0, v1, v2, ref s70, ref s71, ref s72); }
            b += TSimd.Lanes;
        }

        sums = StoreRow<TColumns>(s00, s01, s02, sums);
        if (TRows.Value > 1) { sums = StoreRow<TColumns>(s10, s11, s12, sums); }
        if (TRows.Value > 2) { sums = StoreRow<TColumns>(s20, s21, s22, sums); }
        if (TRows.Value > 3) { sums = StoreRow<TColumns>(s30, s31, s32, sums); }
        if (TRows.Value > 4) { sums = StoreRow<TColumns>(s40, s41, s42, sums); }
        if (TRows.Value > 5) { sums = StoreRow<TColumns>(s50, s51, s52, sums); }
        if (TRows.Value > 6) { sums = StoreRow<TColumns>(s60, s61, s62, sums); }
        if (TRows.Value > 7) { StoreRow<TColumns>(s70, s71, s72, sums); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TColumns>(
        T* a, TVector b0, TVector b1, TVector b2, ref TVector s0, ref TVector s1, ref TVector s2)
        where TColumns : ICount
    {
        TVector row = TSimd.Load(a);
        s0 = TSimd.MultiplyAdd(row, b0, s0);
        if (TColumns.Value > 1) { s1 = TSimd.MultiplyAdd(row, b1, s1); }
        if (TColumns.Value > 2) { s2 = TSimd.MultiplyAdd(row, b2, s2); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* StoreRow<TColumns>(TVector s0, TVector s1, TVector s2, T* sums)
        where TColumns : ICount
    {
        TSimd.Store(s0, sums);
        if (TColumns.Value > 1) { TSimd.Store(s1, sums + TSimd.Lanes); }
        if (TColumns.Value > 2) { TSimd.Store(s2, sums + (2 * TSimd.Lanes)); }
        return sums + (TColumns.Value * TSimd.Lanes);
    }

#pragma warning restore format

    // Each vector of sums to one number. A method of its own: a call in the tile's, after the loop, would make the JIT keep
    // the sums in memory. Four registers are added up together, interleaved so that no lane is idle.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddUp(int rows, int columns, T* sums, T* y, nint yRow)
    {
        int count = rows * columns;
        T* totals = sums;
        for (int first = 0; first < count; first += 4)
        {
            T* vector = sums + (first * TSimd.Lanes);
            Vector128<T> a = TSimd.Fold(TSimd.Load(vector)), b = TSimd.Fold(TSimd.Load(vector + TSimd.Lanes));
            vector += 2 * TSimd.Lanes;
            Vector128<T> c = TSimd.Fold(TSimd.Load(vector)), d = TSimd.Fold(TSimd.Load(vector + TSimd.Lanes));
            AddUp(a, b, c, d, totals + first);
        }

        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                y[j] += totals[j];
            }

            totals += columns;
            y += yRow;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddUp(Vector128<T> a, Vector128<T> b, Vector128<T> c, Vector128<T> d, T* totals)
    {
        if (!Zip.IsSupported)
        {
            totals[0] = Vector128.Sum(a);
            totals[1] = Vector128.Sum(b);
            totals[2] = Vector128.Sum(c);
            totals[3] = Vector128.Sum(d);
            return;
        }

        Vector128<T> ab = Zip.Low(a, b) + Zip.High(a, b), cd = Zip.Low(c, d) + Zip.High(c, d);
        if (sizeof(T) == sizeof(float))
        {
            Vector128<double> low = Zip.Low(ab.AsDouble(), cd.AsDouble()), high = Zip.High(ab.AsDouble(), cd.AsDouble());
            (low.As<double, T>() + high.As<double, T>()).Store(totals);
        }
        else
        {
            ab.Store(totals);
            cd.Store(totals + 2);
        }
    }

    // What is left of k beyond the last whole vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRest(int rows, int columns, int rest, T* a, nint aRow, T* b, nint bRow, T* y, nint yRow)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                T* other = b + (j * bRow);
                for (int k = 0; k < rest; k++)
                {
                    y[j] += a[k] * other[k];
                }
            }

            a += aRow;
            y += yRow;
        }
    }
}
