using System.Runtime.CompilerServices;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>
/// The innermost loop of every matrix product: one tile of y, held in registers while k runs.
/// </summary>
/// <remarks>
/// <para>
/// y is cut into tiles of up to 8 rows and 3 vectors. For each k the kernel loads one row of b (3 vectors) and, for
/// each of the 8 rows of a, one number, spread over a vector: 11 loads for 24 multiply–adds. Two loads and two
/// multiply–adds start per cycle, so the loads hide behind the arithmetic, and 24 independent sums hide the 4 cycles
/// that each multiply–add takes. y itself is touched once per tile.
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
    /// <param name="rows">Rows of the tile, 1 … 8.</param>
    /// <param name="vectors">Vectors per row of the tile, 1 … 3.</param>
    /// <param name="depth">K, how many products each sum has.</param>
    /// <param name="a">Element (i, k) lies at <c>a[i·aRow + k·aStep]</c>: any matrix or transposed matrix, packed or not.</param>
    /// <param name="aRow">From one row of a to the next.</param>
    /// <param name="aStep">From one k to the next in a.</param>
    /// <param name="b">Where the rows of b are, one for each k.</param>
    /// <param name="start">What the sums start from, element (i, j) at <c>start[i·startRow + j]</c>: y to add to it, a bias with stride 0; null for zero.</param>
    /// <param name="startRow">From one row of start to the next.</param>
    /// <param name="y">Element (i, j) lies at <c>y[i·yRow + j]</c>.</param>
    /// <param name="yRow">From one row of y to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSource>(
        int rows, int vectors, int depth, T* a, nint aRow, nint aStep, TSource b, T* start, nint startRow, T* y, nint yRow)
        where TSource : struct, IRowSource<T>
    {
        switch (vectors)
        {
            case 1:
                Run<One, TSource>(rows, depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 2:
                Run<Two, TSource>(rows, depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            default:
                Run<Three, TSource>(rows, depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<TVectors, TSource>(
        int rows, int depth, T* a, nint aRow, nint aStep, TSource b, T* start, nint startRow, T* y, nint yRow)
        where TVectors : ICount
        where TSource : struct, IRowSource<T>
    {
        switch (rows)
        {
            case 1:
                Tile<One, TVectors, TSource>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 2:
                Tile<Two, TVectors, TSource>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 3:
                Tile<Three, TVectors, TSource>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 4:
                Tile<Four, TVectors, TSource>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 5:
                Tile<Five, TVectors, TSource>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 6:
                Tile<Six, TVectors, TSource>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            case 7:
                Tile<Seven, TVectors, TSource>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
            default:
                Tile<Eight, TVectors, TSource>(depth, a, aRow, aStep, b, start, startRow, y, yRow);
                break;
        }
    }

#pragma warning disable format // One row of the tile, one line.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows, TVectors, TSource>(
        int depth, T* a, nint aRow, nint aStep, TSource b, T* start, nint startRow, T* y, nint yRow)
        where TRows : ICount
        where TVectors : ICount
        where TSource : struct, IRowSource<T>
    {
        TVector s00 = default, s01 = default, s02 = default;
        TVector s10 = default, s11 = default, s12 = default;
        TVector s20 = default, s21 = default, s22 = default;
        TVector s30 = default, s31 = default, s32 = default;
        TVector s40 = default, s41 = default, s42 = default;
        TVector s50 = default, s51 = default, s52 = default;
        TVector s60 = default, s61 = default, s62 = default;
        TVector s70 = default, s71 = default, s72 = default;
        if (start is not null)
        {
            LoadRow<TVectors>(start, ref s00, ref s01, ref s02);
            if (TRows.Value > 1) { LoadRow<TVectors>(start + startRow, ref s10, ref s11, ref s12); }
            if (TRows.Value > 2) { LoadRow<TVectors>(start + (2 * startRow), ref s20, ref s21, ref s22); }
            if (TRows.Value > 3) { LoadRow<TVectors>(start + (3 * startRow), ref s30, ref s31, ref s32); }
            if (TRows.Value > 4) { LoadRow<TVectors>(start + (4 * startRow), ref s40, ref s41, ref s42); }
            if (TRows.Value > 5) { LoadRow<TVectors>(start + (5 * startRow), ref s50, ref s51, ref s52); }
            if (TRows.Value > 6) { LoadRow<TVectors>(start + (6 * startRow), ref s60, ref s61, ref s62); }
            if (TRows.Value > 7) { LoadRow<TVectors>(start + (7 * startRow), ref s70, ref s71, ref s72); }
        }

        TVector b0 = default, b1 = default, b2 = default;
        for (; depth > 0; depth--)
        {
            LoadRow<TVectors>(b.Next(), ref b0, ref b1, ref b2);
            AddRow<TVectors>(a, b0, b1, b2, ref s00, ref s01, ref s02);
            if (TRows.Value > 1) { AddRow<TVectors>(a + aRow, b0, b1, b2, ref s10, ref s11, ref s12); }
            if (TRows.Value > 2) { AddRow<TVectors>(a + (2 * aRow), b0, b1, b2, ref s20, ref s21, ref s22); }
            if (TRows.Value > 3) { AddRow<TVectors>(a + (3 * aRow), b0, b1, b2, ref s30, ref s31, ref s32); }
            if (TRows.Value > 4) { AddRow<TVectors>(a + (4 * aRow), b0, b1, b2, ref s40, ref s41, ref s42); }
            if (TRows.Value > 5) { AddRow<TVectors>(a + (5 * aRow), b0, b1, b2, ref s50, ref s51, ref s52); }
            if (TRows.Value > 6) { AddRow<TVectors>(a + (6 * aRow), b0, b1, b2, ref s60, ref s61, ref s62); }
            if (TRows.Value > 7) { AddRow<TVectors>(a + (7 * aRow), b0, b1, b2, ref s70, ref s71, ref s72); }
            a += aStep;
        }

        StoreRow<TVectors>(s00, s01, s02, y);
        if (TRows.Value > 1) { StoreRow<TVectors>(s10, s11, s12, y + yRow); }
        if (TRows.Value > 2) { StoreRow<TVectors>(s20, s21, s22, y + (2 * yRow)); }
        if (TRows.Value > 3) { StoreRow<TVectors>(s30, s31, s32, y + (3 * yRow)); }
        if (TRows.Value > 4) { StoreRow<TVectors>(s40, s41, s42, y + (4 * yRow)); }
        if (TRows.Value > 5) { StoreRow<TVectors>(s50, s51, s52, y + (5 * yRow)); }
        if (TRows.Value > 6) { StoreRow<TVectors>(s60, s61, s62, y + (6 * yRow)); }
        if (TRows.Value > 7) { StoreRow<TVectors>(s70, s71, s72, y + (7 * yRow)); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadRow<TVectors>(T* source, ref TVector r0, ref TVector r1, ref TVector r2)
        where TVectors : ICount
    {
        r0 = TSimd.Load(source);
        if (TVectors.Value > 1) { r1 = TSimd.Load(source + TSimd.Lanes); }
        if (TVectors.Value > 2) { r2 = TSimd.Load(source + (2 * TSimd.Lanes)); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TVectors>(
        T* factor, TVector b0, TVector b1, TVector b2, ref TVector s0, ref TVector s1, ref TVector s2)
        where TVectors : ICount
    {
        TVector spread = TSimd.Broadcast(factor);
        s0 = TSimd.MultiplyAdd(spread, b0, s0);
        if (TVectors.Value > 1) { s1 = TSimd.MultiplyAdd(spread, b1, s1); }
        if (TVectors.Value > 2) { s2 = TSimd.MultiplyAdd(spread, b2, s2); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<TVectors>(TVector s0, TVector s1, TVector s2, T* destination)
        where TVectors : ICount
    {
        TSimd.Store(s0, destination);
        if (TVectors.Value > 1) { TSimd.Store(s1, destination + TSimd.Lanes); }
        if (TVectors.Value > 2) { TSimd.Store(s2, destination + (2 * TSimd.Lanes)); }
    }
}
