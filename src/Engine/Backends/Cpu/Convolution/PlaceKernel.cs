using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// The innermost loop of <see cref="ChannelLaneConvolution.Forward"/>: 8 places × 3 vectors of output channels in registers
/// while the taps of all input channels pass by.
/// </summary>
/// <remarks>
/// As in a matrix product, 11 loads feed 24 multiply–adds. But the left operand, the column matrix, exists only as a
/// table: what place i sees at tap t lies at place[i] + tap[t] in the padded image, for any stride and dilation. The
/// places of a tile need not be neighbours, so none is wasted at the end of a row or of an image.
/// </remarks>
internal abstract unsafe class PlaceKernel<T, TVector, TSimd> : ChannelLaneKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>y = start + w·x for one tile.</summary>
    /// <param name="rows">Places, 1 … 8.</param>
    /// <param name="vectors">Vectors of output channels, 1 … 3.</param>
    /// <param name="x">The padded image.</param>
    /// <param name="places">Where each place's window begins in it.</param>
    /// <param name="taps">Where each tap lies in a window, over all input channels.</param>
    /// <param name="depth">How many taps.</param>
    /// <param name="w">The weights of these output channels, row by row for each tap, rows one after the other.</param>
    /// <param name="start">What the sums start from, place i at <c>start[i·startRow]</c>; a bias with startRow 0; null for zero.</param>
    /// <param name="startRow">From one place to the next in start.</param>
    /// <param name="y">Place i at <c>y[i·yRow]</c>.</param>
    /// <param name="yRow">From one place to the next in y.</param>
    public static void Run(
        int rows, int vectors, T* x, int* places, int* taps, int depth, T* w, T* start, nint startRow, T* y, nint yRow)
    {
        switch (vectors)
        {
            case 1:
                Run<One>(rows, x, places, taps, depth, w, start, startRow, y, yRow);
                break;
            case 2:
                Run<Two>(rows, x, places, taps, depth, w, start, startRow, y, yRow);
                break;
            default:
                Run<Three>(rows, x, places, taps, depth, w, start, startRow, y, yRow);
                break;
        }
    }

    private static void Run<TVectors>(
        int rows, T* x, int* places, int* taps, int depth, T* w, T* start, nint startRow, T* y, nint yRow)
        where TVectors : ICount
    {
        switch (rows)
        {
            case 1:
                Tile<One, TVectors>(x, places, taps, depth, w, start, startRow, y, yRow);
                break;
            case 2:
                Tile<Two, TVectors>(x, places, taps, depth, w, start, startRow, y, yRow);
                break;
            case 3:
                Tile<Three, TVectors>(x, places, taps, depth, w, start, startRow, y, yRow);
                break;
            case 4:
                Tile<Four, TVectors>(x, places, taps, depth, w, start, startRow, y, yRow);
                break;
            case 5:
                Tile<Five, TVectors>(x, places, taps, depth, w, start, startRow, y, yRow);
                break;
            case 6:
                Tile<Six, TVectors>(x, places, taps, depth, w, start, startRow, y, yRow);
                break;
            case 7:
                Tile<Seven, TVectors>(x, places, taps, depth, w, start, startRow, y, yRow);
                break;
            default:
                Tile<Eight, TVectors>(x, places, taps, depth, w, start, startRow, y, yRow);
                break;
        }
    }

#pragma warning disable format // One row of the tile, one line.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows, TVectors>(
        T* x, int* places, int* taps, int depth, T* w, T* start, nint startRow, T* y, nint yRow)
        where TRows : ICount
        where TVectors : ICount
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

        T* x0 = x + places[0], x1 = x, x2 = x, x3 = x, x4 = x, x5 = x, x6 = x, x7 = x;
        if (TRows.Value > 1) { x1 += places[1]; }
        if (TRows.Value > 2) { x2 += places[2]; }
        if (TRows.Value > 3) { x3 += places[3]; }
        if (TRows.Value > 4) { x4 += places[4]; }
        if (TRows.Value > 5) { x5 += places[5]; }
        if (TRows.Value > 6) { x6 += places[6]; }
        if (TRows.Value > 7) { x7 += places[7]; }

        TVector w0 = default, w1 = default, w2 = default;
        for (int* end = taps + depth; taps < end; taps++)
        {
            nint tap = *taps;
            LoadRow<TVectors>(w, ref w0, ref w1, ref w2);
            w += TVectors.Value * TSimd.Lanes;
            AddRow<TVectors>(x0 + tap, w0, w1, w2, ref s00, ref s01, ref s02);
            if (TRows.Value > 1) { AddRow<TVectors>(x1 + tap, w0, w1, w2, ref s10, ref s11, ref s12); }
            if (TRows.Value > 2) { AddRow<TVectors>(x2 + tap, w0, w1, w2, ref s20, ref s21, ref s22); }
            if (TRows.Value > 3) { AddRow<TVectors>(x3 + tap, w0, w1, w2, ref s30, ref s31, ref s32); }
            if (TRows.Value > 4) { AddRow<TVectors>(x4 + tap, w0, w1, w2, ref s40, ref s41, ref s42); }
            if (TRows.Value > 5) { AddRow<TVectors>(x5 + tap, w0, w1, w2, ref s50, ref s51, ref s52); }
            if (TRows.Value > 6) { AddRow<TVectors>(x6 + tap, w0, w1, w2, ref s60, ref s61, ref s62); }
            if (TRows.Value > 7) { AddRow<TVectors>(x7 + tap, w0, w1, w2, ref s70, ref s71, ref s72); }
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
#pragma warning restore format
}
