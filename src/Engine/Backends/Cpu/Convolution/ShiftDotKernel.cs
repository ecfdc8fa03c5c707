using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// The innermost loop of <see cref="ShiftConvolution.BackwardWeights"/>: 8 output channels × 3 taps, each sum a
/// vector of partial sums over places, which stays in its register while all images pass by.
/// </summary>
internal static unsafe class ShiftDotKernel<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>sums[row, column] += g·x for one tile, each a vector of partial sums.</summary>
    /// <param name="rows">Output channels, 1 … 8.</param>
    /// <param name="columns">Taps, 1 … 3.</param>
    /// <param name="images">How many images.</param>
    /// <param name="length">Places of each: whole vectors.</param>
    /// <param name="g">The gradients of the first output channel, spaced as the padded image is.</param>
    /// <param name="gRow">From one output channel to the next.</param>
    /// <param name="gImage">From one image to the next.</param>
    /// <param name="x">The padded image.</param>
    /// <param name="taps">Where each tap begins in it.</param>
    /// <param name="xImage">From one image to the next.</param>
    /// <param name="sums">The tile's vectors, those of a row one after the other.</param>
    /// <param name="sumRow">From one row of them to the next.</param>
    public static void Run(
        int rows, int columns, int images, int length, T* g, nint gRow, nint gImage, T* x, int* taps, nint xImage, T* sums, nint sumRow)
    {
        switch (columns)
        {
            case 1:
                Tile<One>(rows, images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
            case 2:
                Tile<Two>(rows, images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
            default:
                Tile<Three>(rows, images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
        }
    }

    private static void Tile<TColumns>(
        int rows, int images, int length, T* g, nint gRow, nint gImage, T* x, int* taps, nint xImage, T* sums, nint sumRow)
        where TColumns : ICount
    {
        switch (rows)
        {
            case 1:
                Tile<One, TColumns>(images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
            case 2:
                Tile<Two, TColumns>(images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
            case 3:
                Tile<Three, TColumns>(images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
            case 4:
                Tile<Four, TColumns>(images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
            case 5:
                Tile<Five, TColumns>(images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
            case 6:
                Tile<Six, TColumns>(images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
            case 7:
                Tile<Seven, TColumns>(images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
            default:
                Tile<Eight, TColumns>(images, length, g, gRow, gImage, x, taps, xImage, sums, sumRow);
                break;
        }
    }

#pragma warning disable format // One row of the tile, one line.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows, TColumns>(int images, int length, T* g, nint gRow, nint gImage, T* x, int* taps, nint xImage, T* sums, nint sumRow)
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
        LoadRow<TColumns>(sums, ref s00, ref s01, ref s02);
        if (TRows.Value > 1) { LoadRow<TColumns>(sums + sumRow, ref s10, ref s11, ref s12); }
        if (TRows.Value > 2) { LoadRow<TColumns>(sums + (2 * sumRow), ref s20, ref s21, ref s22); }
        if (TRows.Value > 3) { LoadRow<TColumns>(sums + (3 * sumRow), ref s30, ref s31, ref s32); }
        if (TRows.Value > 4) { LoadRow<TColumns>(sums + (4 * sumRow), ref s40, ref s41, ref s42); }
        if (TRows.Value > 5) { LoadRow<TColumns>(sums + (5 * sumRow), ref s50, ref s51, ref s52); }
        if (TRows.Value > 6) { LoadRow<TColumns>(sums + (6 * sumRow), ref s60, ref s61, ref s62); }
        if (TRows.Value > 7) { LoadRow<TColumns>(sums + (7 * sumRow), ref s70, ref s71, ref s72); }
        TVector v0 = default, v1 = default, v2 = default;
        nint second = TColumns.Value > 1 ? taps[1] - taps[0] : 0, third = TColumns.Value > 2 ? taps[2] - taps[0] : 0;
        x += taps[0];
        for (; images > 0; images--)
        {
            T* from = x, a = g;
            for (T* end = a + length; a < end; a += TSimd.Lanes)
            {
                v0 = TSimd.Load(from);
                if (TColumns.Value > 1) { v1 = TSimd.Load(from + second); }
                if (TColumns.Value > 2) { v2 = TSimd.Load(from + third); }
                AddRow<TColumns>(a, v0, v1, v2, ref s00, ref s01, ref s02);
                if (TRows.Value > 1) { AddRow<TColumns>(a + gRow, v0, v1, v2, ref s10, ref s11, ref s12); }
                if (TRows.Value > 2) { AddRow<TColumns>(a + (2 * gRow), v0, v1, v2, ref s20, ref s21, ref s22); }
                if (TRows.Value > 3) { AddRow<TColumns>(a + (3 * gRow), v0, v1, v2, ref s30, ref s31, ref s32); }
                if (TRows.Value > 4) { AddRow<TColumns>(a + (4 * gRow), v0, v1, v2, ref s40, ref s41, ref s42); }
                if (TRows.Value > 5) { AddRow<TColumns>(a + (5 * gRow), v0, v1, v2, ref s50, ref s51, ref s52); }
                if (TRows.Value > 6) { AddRow<TColumns>(a + (6 * gRow), v0, v1, v2, ref s60, ref s61, ref s62); }
                if (TRows.Value > 7) { AddRow<TColumns>(a + (7 * gRow), v0, v1, v2, ref s70, ref s71, ref s72); }
                from += TSimd.Lanes;
            }

            g += gImage;
            x += xImage;
        }

        StoreRow<TColumns>(s00, s01, s02, sums);
        if (TRows.Value > 1) { StoreRow<TColumns>(s10, s11, s12, sums + sumRow); }
        if (TRows.Value > 2) { StoreRow<TColumns>(s20, s21, s22, sums + (2 * sumRow)); }
        if (TRows.Value > 3) { StoreRow<TColumns>(s30, s31, s32, sums + (3 * sumRow)); }
        if (TRows.Value > 4) { StoreRow<TColumns>(s40, s41, s42, sums + (4 * sumRow)); }
        if (TRows.Value > 5) { StoreRow<TColumns>(s50, s51, s52, sums + (5 * sumRow)); }
        if (TRows.Value > 6) { StoreRow<TColumns>(s60, s61, s62, sums + (6 * sumRow)); }
        if (TRows.Value > 7) { StoreRow<TColumns>(s70, s71, s72, sums + (7 * sumRow)); }
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
    private static void LoadRow<TColumns>(T* sums, ref TVector s0, ref TVector s1, ref TVector s2)
        where TColumns : ICount
    {
        s0 = TSimd.Load(sums);
        if (TColumns.Value > 1) { s1 = TSimd.Load(sums + TSimd.Lanes); }
        if (TColumns.Value > 2) { s2 = TSimd.Load(sums + (2 * TSimd.Lanes)); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<TColumns>(TVector s0, TVector s1, TVector s2, T* sums)
        where TColumns : ICount
    {
        TSimd.Store(s0, sums);
        if (TColumns.Value > 1) { TSimd.Store(s1, sums + TSimd.Lanes); }
        if (TColumns.Value > 2) { TSimd.Store(s2, sums + (2 * TSimd.Lanes)); }
    }
#pragma warning restore format
}
