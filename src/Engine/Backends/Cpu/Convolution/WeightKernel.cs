using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>The places that a weight's gradient is summed over: rows of places of one or more images, and where x and g lie there.</summary>
internal unsafe struct PlacesOfWeights<T>
    where T : unmanaged
{
    /// <summary>Images.</summary>
    public int Images;

    /// <summary>Rows of places in each.</summary>
    public int Rows;

    /// <summary>Places in a row.</summary>
    public int Width;

    /// <summary>What the first tap of the window sees at the first place, once padding has been copied around.</summary>
    public T* X;

    /// <summary>In x, from one image to the next.</summary>
    public nint XImage;

    /// <summary>In x, from one row of places to the next.</summary>
    public nint XRow;

    /// <summary>In x, from one place to the next.</summary>
    public nint XStep;

    /// <summary>The gradients with channels as lanes, places of all images one after the other.</summary>
    public T* G;

    /// <summary>In g, from one place to the next.</summary>
    public nint GStep;
}

/// <summary>
/// The innermost loop of the gradient in the weights: the sums of 8 taps × 3 vectors of output channels stay in
/// registers while all places of all images pass by.
/// </summary>
/// <remarks>
/// Per place the kernel loads 3 vectors of g and, for each of 8 taps, one number of x, spread over a vector: 11 loads for
/// 24 multiply–adds, as in a matrix product. What the taps see differs only in an offset, so x is read where it lies and
/// the column matrix is never made; what lies side by side in a vector are output channels, so no sum has to be
/// added up across lanes at the end.
/// </remarks>
internal abstract unsafe class WeightKernel<T, TVector, TSimd> : ChannelLaneKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>sums += Σ x·g for one tile.</summary>
    /// <param name="rows">Taps, 1 … 8.</param>
    /// <param name="vectors">Vectors of output channels, 1 … 3.</param>
    /// <param name="places">What is summed over.</param>
    /// <param name="taps">The offset of each tap in x.</param>
    /// <param name="sums">Row i of the tile at <c>sums[i·sumsRow]</c>.</param>
    /// <param name="sumsRow">From one row to the next.</param>
    public static void Run(int rows, int vectors, in PlacesOfWeights<T> places, int* taps, T* sums, nint sumsRow)
    {
        switch (vectors)
        {
            case 1:
                Run<One>(rows, places, taps, sums, sumsRow);
                break;
            case 2:
                Run<Two>(rows, places, taps, sums, sumsRow);
                break;
            default:
                Run<Three>(rows, places, taps, sums, sumsRow);
                break;
        }
    }

    private static void Run<TVectors>(int rows, in PlacesOfWeights<T> places, int* taps, T* sums, nint sumsRow)
        where TVectors : ICount
    {
        switch (rows)
        {
            case 1:
                Tile<One, TVectors>(places, taps, sums, sumsRow);
                break;
            case 2:
                Tile<Two, TVectors>(places, taps, sums, sumsRow);
                break;
            case 3:
                Tile<Three, TVectors>(places, taps, sums, sumsRow);
                break;
            case 4:
                Tile<Four, TVectors>(places, taps, sums, sumsRow);
                break;
            case 5:
                Tile<Five, TVectors>(places, taps, sums, sumsRow);
                break;
            case 6:
                Tile<Six, TVectors>(places, taps, sums, sumsRow);
                break;
            case 7:
                Tile<Seven, TVectors>(places, taps, sums, sumsRow);
                break;
            default:
                Tile<Eight, TVectors>(places, taps, sums, sumsRow);
                break;
        }
    }

#pragma warning disable format // One row of the tile, one line.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRows, TVectors>(in PlacesOfWeights<T> places, int* taps, T* sums, nint sumsRow)
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
        LoadRow<TVectors>(sums, ref s00, ref s01, ref s02);
        if (TRows.Value > 1) { LoadRow<TVectors>(sums + sumsRow, ref s10, ref s11, ref s12); }
        if (TRows.Value > 2) { LoadRow<TVectors>(sums + (2 * sumsRow), ref s20, ref s21, ref s22); }
        if (TRows.Value > 3) { LoadRow<TVectors>(sums + (3 * sumsRow), ref s30, ref s31, ref s32); }
        if (TRows.Value > 4) { LoadRow<TVectors>(sums + (4 * sumsRow), ref s40, ref s41, ref s42); }
        if (TRows.Value > 5) { LoadRow<TVectors>(sums + (5 * sumsRow), ref s50, ref s51, ref s52); }
        if (TRows.Value > 6) { LoadRow<TVectors>(sums + (6 * sumsRow), ref s60, ref s61, ref s62); }
        if (TRows.Value > 7) { LoadRow<TVectors>(sums + (7 * sumsRow), ref s70, ref s71, ref s72); }

        nint o0 = taps[0], o1 = 0, o2 = 0, o3 = 0, o4 = 0, o5 = 0, o6 = 0, o7 = 0;
        if (TRows.Value > 1) { o1 = taps[1]; }
        if (TRows.Value > 2) { o2 = taps[2]; }
        if (TRows.Value > 3) { o3 = taps[3]; }
        if (TRows.Value > 4) { o4 = taps[4]; }
        if (TRows.Value > 5) { o5 = taps[5]; }
        if (TRows.Value > 6) { o6 = taps[6]; }
        if (TRows.Value > 7) { o7 = taps[7]; }

        TVector g0 = default, g1 = default, g2 = default;
        T* g = places.G;
        nint gStep = places.GStep, xStep = places.XStep;
        for (int image = 0; image < places.Images; image++)
        {
            for (int row = 0; row < places.Rows; row++)
            {
                T* x = places.X + (image * places.XImage) + (row * places.XRow);
                for (int place = places.Width; place > 0; place--)
                {
                    LoadRow<TVectors>(g, ref g0, ref g1, ref g2);
                    AddRow<TVectors>(x + o0, g0, g1, g2, ref s00, ref s01, ref s02);
                    if (TRows.Value > 1) { AddRow<TVectors>(x + o1, g0, g1, g2, ref s10, ref s11, ref s12); }
                    if (TRows.Value > 2) { AddRow<TVectors>(x + o2, g0, g1, g2, ref s20, ref s21, ref s22); }
                    if (TRows.Value > 3) { AddRow<TVectors>(x + o3, g0, g1, g2, ref s30, ref s31, ref s32); }
                    if (TRows.Value > 4) { AddRow<TVectors>(x + o4, g0, g1, g2, ref s40, ref s41, ref s42); }
                    if (TRows.Value > 5) { AddRow<TVectors>(x + o5, g0, g1, g2, ref s50, ref s51, ref s52); }
                    if (TRows.Value > 6) { AddRow<TVectors>(x + o6, g0, g1, g2, ref s60, ref s61, ref s62); }
                    if (TRows.Value > 7) { AddRow<TVectors>(x + o7, g0, g1, g2, ref s70, ref s71, ref s72); }
                    g += gStep;
                    x += xStep;
                }
            }
        }

        StoreRow<TVectors>(s00, s01, s02, sums);
        if (TRows.Value > 1) { StoreRow<TVectors>(s10, s11, s12, sums + sumsRow); }
        if (TRows.Value > 2) { StoreRow<TVectors>(s20, s21, s22, sums + (2 * sumsRow)); }
        if (TRows.Value > 3) { StoreRow<TVectors>(s30, s31, s32, sums + (3 * sumsRow)); }
        if (TRows.Value > 4) { StoreRow<TVectors>(s40, s41, s42, sums + (4 * sumsRow)); }
        if (TRows.Value > 5) { StoreRow<TVectors>(s50, s51, s52, sums + (5 * sumsRow)); }
        if (TRows.Value > 6) { StoreRow<TVectors>(s60, s61, s62, sums + (6 * sumsRow)); }
        if (TRows.Value > 7) { StoreRow<TVectors>(s70, s71, s72, sums + (7 * sumsRow)); }
    }
#pragma warning restore format
}
