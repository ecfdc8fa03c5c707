using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>
/// The innermost loop of every matrix product: one tile of y, held in registers while k runs.
/// </summary>
/// <remarks>
/// <para>
/// y is cut into tiles of up to 14 rows and 2 vectors. For each k the kernel loads one row of b (2 vectors) and, for
/// each of the 14 rows of a, one number, spread over a vector: 16 loads for 28 multiply–adds. Two loads and two
/// multiply–adds start per cycle, so the loads hide behind the arithmetic, and 28 independent sums hide the 4 cycles
/// that each multiply–add takes. y itself is touched once per tile.
/// </para>
/// <para>
/// What else the loop does must be little, since arithmetic on addresses takes turns with the multiply–adds. Where the
/// numbers of a for one k lie side by side, packed or in a transposed matrix, one pointer reaches all of them. Where
/// they lie a row apart, five pointers do: from each, the rows at 0, 1 and 2 distances are one address away. Each round of
/// the loop takes two k, so that pointers and counter move half as often.
/// </para>
/// <para>
/// Rows and columns of the tile are types, so that each size is compiled for itself: a condition on them is a constant
/// to the JIT, and what a smaller tile does not need leaves no trace. Every sum has a name of its own because only
/// plain locals live in registers.
/// </para>
/// </remarks>
internal static unsafe class MicroKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    /// <summary>y = start + a·b for one tile.</summary>
    /// <param name="rows">Rows of the tile, 1 … 14.</param>
    /// <param name="vectors">Vectors per row of the tile, 1 or 2.</param>
    /// <param name="depth">K, how many products each sum has.</param>
    /// <param name="a">Element (i, k) lies at <c>a[i·aRow + k·aStep]</c>: a matrix or transposed matrix, packed or not.</param>
    /// <param name="aRow">From one row of a to the next.</param>
    /// <param name="aStep">From one k to the next in a; 1 unless <paramref name="aRow"/> is 1.</param>
    /// <param name="b">Where the rows of b are, one for each k.</param>
    /// <param name="start">What the sums start from, element (i, j) at <c>start[i·startRow + j]</c>: y to add to it, a bias with stride 0; null for zero.</param>
    /// <param name="startRow">From one row of start to the next.</param>
    /// <param name="y">Element (i, j) lies at <c>y[i·yRow + j]</c>.</param>
    /// <param name="yRow">From one row of y to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRight>(
        int rows, int vectors, int depth, T* a, nint aRow, nint aStep, TRight b, T* start, nint startRow, T* y, nint yRow)
        where TRight : struct, IRowSource<T>
    {
        switch (vectors, aRow)
        {
            case (1, 1):
                Run<One, SideBySide, TRight>(rows, depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case (1, _):
                Run<One, Apart, TRight>(rows, depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case (_, 1):
                Run<Two, SideBySide, TRight>(rows, depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            default:
                Run<Two, Apart, TRight>(rows, depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<TVectors, TLeft, TRight>(
        int rows, int depth, T* a, nint aRow, nint aStep, TRight b, T* start, nint startRow, T* y, nint yRow)
        where TVectors : ICount
        where TLeft : ILeftOperand
        where TRight : struct, IRowSource<T>
    {
        switch (rows)
        {
            case 1:
                Tile<One, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 2:
                Tile<Two, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 3:
                Tile<Three, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 4:
                Tile<Four, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 5:
                Tile<Five, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 6:
                Tile<Six, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 7:
                Tile<Seven, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 8:
                Tile<Eight, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 9:
                Tile<Nine, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 10:
                Tile<Ten, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 11:
                Tile<Eleven, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 12:
                Tile<Twelve, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 13:
                Tile<Thirteen, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            default:
                Tile<Fourteen, TVectors, TLeft, TRight>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
        }
    }

#pragma warning disable format // One row of the tile, one line.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows, TVectors, TLeft, TRight>(
        int depth, T* a, nint aRow, nint aStep, TRight b, T* start, nint startRow, T* y, nint yRow)
        where TRows : ICount
        where TVectors : ICount
        where TLeft : ILeftOperand
        where TRight : struct, IRowSource<T>
    {
        TVector s00 = default, s01 = default, s10 = default, s11 = default;
        TVector s20 = default, s21 = default, s30 = default, s31 = default;
        TVector s40 = default, s41 = default, s50 = default, s51 = default;
        TVector s60 = default, s61 = default, s70 = default, s71 = default;
        TVector s80 = default, s81 = default, s90 = default, s91 = default;
        TVector sa0 = default, sa1 = default, sb0 = default, sb1 = default;
        TVector sc0 = default, sc1 = default, sd0 = default, sd1 = default;
        if (start is not null)
        {
            LoadRow<TVectors>(start, ref s00, ref s01);
            if (TRows.Value > 1) { LoadRow<TVectors>(start + startRow, ref s10, ref s11); }
            if (TRows.Value > 2) { LoadRow<TVectors>(start + (2 * startRow), ref s20, ref s21); }
            if (TRows.Value > 3) { LoadRow<TVectors>(start + (3 * startRow), ref s30, ref s31); }
            if (TRows.Value > 4) { LoadRow<TVectors>(start + (4 * startRow), ref s40, ref s41); }
            if (TRows.Value > 5) { LoadRow<TVectors>(start + (5 * startRow), ref s50, ref s51); }
            if (TRows.Value > 6) { LoadRow<TVectors>(start + (6 * startRow), ref s60, ref s61); }
            if (TRows.Value > 7) { LoadRow<TVectors>(start + (7 * startRow), ref s70, ref s71); }
            if (TRows.Value > 8) { LoadRow<TVectors>(start + (8 * startRow), ref s80, ref s81); }
            if (TRows.Value > 9) { LoadRow<TVectors>(start + (9 * startRow), ref s90, ref s91); }
            if (TRows.Value > 10) { LoadRow<TVectors>(start + (10 * startRow), ref sa0, ref sa1); }
            if (TRows.Value > 11) { LoadRow<TVectors>(start + (11 * startRow), ref sb0, ref sb1); }
            if (TRows.Value > 12) { LoadRow<TVectors>(start + (12 * startRow), ref sc0, ref sc1); }
            if (TRows.Value > 13) { LoadRow<TVectors>(start + (13 * startRow), ref sd0, ref sd1); }
        }

        // Distances in bytes: in this form the JIT makes each address part of the instruction that reads it.
        nint one = aRow * sizeof(T), two = 2 * one;
        T* a3 = a + (3 * aRow), a6 = a + (6 * aRow), a9 = a + (9 * aRow), ac = a + (12 * aRow);
        TVector b0 = default, b1 = default;
        for (; depth > 1; depth -= 2)
        {
            LoadRow<TVectors>(b.Next(), ref b0, ref b1);
            AddRow<TVectors>(a, b0, b1, ref s00, ref s01);
            if (TRows.Value > 1) { AddRow<TVectors>(TLeft.Number(a + 1, a, one), b0, b1, ref s10, ref s11); }
            if (TRows.Value > 2) { AddRow<TVectors>(TLeft.Number(a + 2, a, two), b0, b1, ref s20, ref s21); }
            if (TRows.Value > 3) { AddRow<TVectors>(TLeft.Number(a + 3, a3, 0), b0, b1, ref s30, ref s31); }
            if (TRows.Value > 4) { AddRow<TVectors>(TLeft.Number(a + 4, a3, one), b0, b1, ref s40, ref s41); }
            if (TRows.Value > 5) { AddRow<TVectors>(TLeft.Number(a + 5, a3, two), b0, b1, ref s50, ref s51); }
            if (TRows.Value > 6) { AddRow<TVectors>(TLeft.Number(a + 6, a6, 0), b0, b1, ref s60, ref s61); }
            if (TRows.Value > 7) { AddRow<TVectors>(TLeft.Number(a + 7, a6, one), b0, b1, ref s70, ref s71); }
            if (TRows.Value > 8) { AddRow<TVectors>(TLeft.Number(a + 8, a6, two), b0, b1, ref s80, ref s81); }
            if (TRows.Value > 9) { AddRow<TVectors>(TLeft.Number(a + 9, a9, 0), b0, b1, ref s90, ref s91); }
            if (TRows.Value > 10) { AddRow<TVectors>(TLeft.Number(a + 10, a9, one), b0, b1, ref sa0, ref sa1); }
            if (TRows.Value > 11) { AddRow<TVectors>(TLeft.Number(a + 11, a9, two), b0, b1, ref sb0, ref sb1); }
            if (TRows.Value > 12) { AddRow<TVectors>(TLeft.Number(a + 12, ac, 0), b0, b1, ref sc0, ref sc1); }
            if (TRows.Value > 13) { AddRow<TVectors>(TLeft.Number(a + 13, ac, one), b0, b1, ref sd0, ref sd1); }
            T* second = a + aStep;
            LoadRow<TVectors>(b.Next(), ref b0, ref b1);
            AddRow<TVectors>(TLeft.Number(second, a + 1, 0), b0, b1, ref s00, ref s01);
            if (TRows.Value > 1) { AddRow<TVectors>(TLeft.Number(second + 1, a + 1, one), b0, b1, ref s10, ref s11); }
            if (TRows.Value > 2) { AddRow<TVectors>(TLeft.Number(second + 2, a + 1, two), b0, b1, ref s20, ref s21); }
            if (TRows.Value > 3) { AddRow<TVectors>(TLeft.Number(second + 3, a3 + 1, 0), b0, b1, ref s30, ref s31); }
            if (TRows.Value > 4) { AddRow<TVectors>(TLeft.Number(second + 4, a3 + 1, one), b0, b1, ref s40, ref s41); }
            if (TRows.Value > 5) { AddRow<TVectors>(TLeft.Number(second + 5, a3 + 1, two), b0, b1, ref s50, ref s51); }
            if (TRows.Value > 6) { AddRow<TVectors>(TLeft.Number(second + 6, a6 + 1, 0), b0, b1, ref s60, ref s61); }
            if (TRows.Value > 7) { AddRow<TVectors>(TLeft.Number(second + 7, a6 + 1, one), b0, b1, ref s70, ref s71); }
            if (TRows.Value > 8) { AddRow<TVectors>(TLeft.Number(second + 8, a6 + 1, two), b0, b1, ref s80, ref s81); }
            if (TRows.Value > 9) { AddRow<TVectors>(TLeft.Number(second + 9, a9 + 1, 0), b0, b1, ref s90, ref s91); }
            if (TRows.Value > 10) { AddRow<TVectors>(TLeft.Number(second + 10, a9 + 1, one), b0, b1, ref sa0, ref sa1); }
            if (TRows.Value > 11) { AddRow<TVectors>(TLeft.Number(second + 11, a9 + 1, two), b0, b1, ref sb0, ref sb1); }
            if (TRows.Value > 12) { AddRow<TVectors>(TLeft.Number(second + 12, ac + 1, 0), b0, b1, ref sc0, ref sc1); }
            if (TRows.Value > 13) { AddRow<TVectors>(TLeft.Number(second + 13, ac + 1, one), b0, b1, ref sd0, ref sd1); }
            if (TLeft.SideBySide)
            {
                a = second + aStep;
            }
            else
            {
                a += 2;
                if (TRows.Value > 3) { a3 += 2; }
                if (TRows.Value > 6) { a6 += 2; }
                if (TRows.Value > 9) { a9 += 2; }
                if (TRows.Value > 12) { ac += 2; }
            }
        }

        if (depth > 0)
        {
            LoadRow<TVectors>(b.Next(), ref b0, ref b1);
            AddRow<TVectors>(a, b0, b1, ref s00, ref s01);
            if (TRows.Value > 1) { AddRow<TVectors>(TLeft.Number(a + 1, a, one), b0, b1, ref s10, ref s11); }
            if (TRows.Value > 2) { AddRow<TVectors>(TLeft.Number(a + 2, a, two), b0, b1, ref s20, ref s21); }
            if (TRows.Value > 3) { AddRow<TVectors>(TLeft.Number(a + 3, a3, 0), b0, b1, ref s30, ref s31); }
            if (TRows.Value > 4) { AddRow<TVectors>(TLeft.Number(a + 4, a3, one), b0, b1, ref s40, ref s41); }
            if (TRows.Value > 5) { AddRow<TVectors>(TLeft.Number(a + 5, a3, two), b0, b1, ref s50, ref s51); }
            if (TRows.Value > 6) { AddRow<TVectors>(TLeft.Number(a + 6, a6, 0), b0, b1, ref s60, ref s61); }
            if (TRows.Value > 7) { AddRow<TVectors>(TLeft.Number(a + 7, a6, one), b0, b1, ref s70, ref s71); }
            if (TRows.Value > 8) { AddRow<TVectors>(TLeft.Number(a + 8, a6, two), b0, b1, ref s80, ref s81); }
            if (TRows.Value > 9) { AddRow<TVectors>(TLeft.Number(a + 9, a9, 0), b0, b1, ref s90, ref s91); }
            if (TRows.Value > 10) { AddRow<TVectors>(TLeft.Number(a + 10, a9, one), b0, b1, ref sa0, ref sa1); }
            if (TRows.Value > 11) { AddRow<TVectors>(TLeft.Number(a + 11, a9, two), b0, b1, ref sb0, ref sb1); }
            if (TRows.Value > 12) { AddRow<TVectors>(TLeft.Number(a + 12, ac, 0), b0, b1, ref sc0, ref sc1); }
            if (TRows.Value > 13) { AddRow<TVectors>(TLeft.Number(a + 13, ac, one), b0, b1, ref sd0, ref sd1); }
        }

        StoreRow<TVectors>(s00, s01, y);
        if (TRows.Value > 1) { StoreRow<TVectors>(s10, s11, y + yRow); }
        if (TRows.Value > 2) { StoreRow<TVectors>(s20, s21, y + (2 * yRow)); }
        if (TRows.Value > 3) { StoreRow<TVectors>(s30, s31, y + (3 * yRow)); }
        if (TRows.Value > 4) { StoreRow<TVectors>(s40, s41, y + (4 * yRow)); }
        if (TRows.Value > 5) { StoreRow<TVectors>(s50, s51, y + (5 * yRow)); }
        if (TRows.Value > 6) { StoreRow<TVectors>(s60, s61, y + (6 * yRow)); }
        if (TRows.Value > 7) { StoreRow<TVectors>(s70, s71, y + (7 * yRow)); }
        if (TRows.Value > 8) { StoreRow<TVectors>(s80, s81, y + (8 * yRow)); }
        if (TRows.Value > 9) { StoreRow<TVectors>(s90, s91, y + (9 * yRow)); }
        if (TRows.Value > 10) { StoreRow<TVectors>(sa0, sa1, y + (10 * yRow)); }
        if (TRows.Value > 11) { StoreRow<TVectors>(sb0, sb1, y + (11 * yRow)); }
        if (TRows.Value > 12) { StoreRow<TVectors>(sc0, sc1, y + (12 * yRow)); }
        if (TRows.Value > 13) { StoreRow<TVectors>(sd0, sd1, y + (13 * yRow)); }
    }
#pragma warning restore format

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadRow<TVectors>(T* source, ref TVector r0, ref TVector r1)
        where TVectors : ICount
    {
        r0 = TSimd.Load(source);
        if (TVectors.Value > 1)
        {
            r1 = TSimd.Load(source + TSimd.Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TVectors>(T* factor, TVector b0, TVector b1, ref TVector s0, ref TVector s1)
        where TVectors : ICount
    {
        TVector spread = TSimd.Broadcast(factor);
        s0 = TSimd.MultiplyAdd(spread, b0, s0);
        if (TVectors.Value > 1)
        {
            s1 = TSimd.MultiplyAdd(spread, b1, s1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<TVectors>(TVector s0, TVector s1, T* destination)
        where TVectors : ICount
    {
        TSimd.Store(s0, destination);
        if (TVectors.Value > 1)
        {
            TSimd.Store(s1, destination + TSimd.Lanes);
        }
    }
}
