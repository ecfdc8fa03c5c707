using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// Convolution with output channels as the lanes of a vector, for every stride, dilation, padding and grouping, without
/// copying windows.
/// </summary>
/// <remarks>
/// <para>
/// One place of the output takes from each tap one number of x and gives it to all output channels: spread over a vector,
/// times a vector of weights. So nothing depends on how the places lie: rows may be short, strides large, and 49 places
/// are 49, not the 64 that vectors along the rows would make of them. Two copies are paid for this, both small beside
/// the products: the weights with output channels innermost, and the result, which comes out channels
/// innermost and is turned to planes while it is in the first-level cache.
/// </para>
/// <para>
/// The idea of reading through a table of places instead of copying windows: M. Dukhan, "The indirect convolution
/// algorithm", 2019.
/// </para>
/// </remarks>
internal static unsafe partial class ChannelLaneConvolution
{
    // Bytes of padded x and of y that a job works on, which stay in the second-level cache while weights pass by.
    private const int ForwardBytes = 512 * 1024;

    // Places that make the turning of the weights worthwhile.
    private const int FewPlaces = 384;

    // A panel of weights, so many taps deep, stays in the first-level cache while all places pass by.
    private const int PanelBytes = 32 * 1024;

    /// <summary>Whether output channels fill the lanes well enough.</summary>
    public static bool FillsLanes<T>(in Geometry geometry)
        where T : unmanaged
    {
        int lanes = Widest.Lanes<T>(), vectors = (geometry.OutputsPerGroup + lanes - 1) / lanes;
        return 4 * geometry.OutputsPerGroup >= 3 * vectors * lanes;
    }

    /// <summary>y = f(w ∗ x + bias).</summary>
    public static void Forward<T>(in Geometry geometry, T* x, T* w, T* bias, Activation? activation, T* y)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Widest.Run<T, ForwardRoutine<T>>(new ForwardRoutine<T>(geometry, x, w, bias, activation, y));

    /// <summary>For each tap of each channel where it lies in a window.</summary>
    public static int* TapOffsets(in Geometry geometry, int channels, nint plane, nint pitch)
    {
        int* offsets = Scratch.Get<int>(ScratchUse.Offsets, channels * geometry.Taps);
        Window window = geometry.Window;
        for (int row = 0; row < channels * geometry.Taps; row++)
        {
            (int channel, int tap) = Math.DivRem(row, geometry.Taps);
            offsets[row] = (int)((channel * plane) + (tap / window.Kernel.X * window.Dilation.Y * pitch) + (tap % window.Kernel.X * window.Dilation.X));
        }

        return offsets;
    }

    private readonly struct ForwardRoutine<T>(in Geometry geometry, T* x, T* w, T* bias, Activation? activation, T* y) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            // Few places are not cut: jobs are made of output channels instead, so that no weight is turned more than a few times.
            int vectors = (geometry.OutputsPerGroup + TSimd.Lanes - 1) / TSimd.Lanes;
            int enough = (int)Math.Clamp((long)geometry.Images * geometry.Positions / FewPlaces, 1, EnoughJobs);
            int perBlock = vectors * enough * geometry.Groups / EnoughJobs;
            Cut blocks = new(vectors, Math.Clamp(perBlock - (perBlock % DirectTile<T, TVector, TSimd>.Vectors), Math.Min(2, DirectTile<T, TVector, TSimd>.Vectors), Math.Max(2, BlockOutputs / TSimd.Lanes)));

            int outputs = ((vectors - 1) / blocks.Parts + 1) * TSimd.Lanes;
            long bytesPerPlace = (outputs + ((long)geometry.ChannelsPerGroup * geometry.Window.Stride.Y * geometry.Padded.OutWidth / geometry.OutWidth)) * sizeof(T);
            int most = (int)Math.Max(FewPlaces, ForwardBytes / bytesPerPlace);
            ColumnTiles tiles = new(geometry, most, most, enough);
            int others = geometry.Groups * blocks.Parts;
            WorkerPool.Run(new ForwardJob<T, TVector, TSimd>(geometry, tiles, blocks, x, w, bias, activation, y), tiles.Count * others);
        }
    }

    private readonly struct ForwardJob<T, TVector, TSimd>(
        in Geometry geometry, in ColumnTiles tiles, Cut blocks, T* x, T* w, T* bias, Activation? activation, T* y) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;
        private readonly ColumnTiles tiles = tiles;

        public void Execute(int index)
        {
            (index, int block) = Math.DivRem(index, blocks.Parts);
            (int at, int group) = Math.DivRem(index, geometry.Groups);
            ColumnTiles.Tile tile = tiles[at];
            int firstOfGroup = blocks.Start(block) * TSimd.Lanes, width = (blocks.Start(block + 1) * TSimd.Lanes) - firstOfGroup;
            int first = (group * geometry.OutputsPerGroup) + firstOfGroup, outputs = Math.Min(width, geometry.OutputsPerGroup - firstOfGroup);
            T* lanes = Scratch.Get<T>(ScratchUse.Planes, (long)tile.Columns * width);
            PaddedTile<T, TVector, TSimd> padded = new(geometry, tile, group * geometry.ChannelsPerGroup, geometry.ChannelsPerGroup, x);
            Cut panels = new(width / TSimd.Lanes, DirectTile<T, TVector, TSimd>.Vectors);
            for (int panel = 0; panel < panels.Parts; panel++)
            {
                int from = panels.Start(panel) * TSimd.Lanes, vectors = panels.Start(panel + 1) - panels.Start(panel);
                ComputePanel(tile, padded, first + from, Math.Min(outputs - from, vectors * TSimd.Lanes), vectors, lanes + from, width);
            }

            Epilogue.Activate(activation, lanes, tile.Columns * width);
            for (int i = 0; i < tile.Images; i++)
            {
                Transposition.FromLanes(
                    lanes + ((nint)i * tile.Positions * width), width, outputs, tile.Positions,
                    y + ((nint)(tile.FirstImage + i) * geometry.OutImageSize) + ((nint)first * geometry.Positions) + tile.FirstPosition, geometry.Positions);
            }
        }

        // Up to 3 vectors of output channels at all places: some taps at a time, their weights turned just before use.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void ComputePanel(
            in ColumnTiles.Tile tile, in PaddedTile<T, TVector, TSimd> padded, int firstOutput, int outputs, int vectors, T* lanes, int width)
        {
            int* taps = TapOffsets(geometry, geometry.ChannelsPerGroup, padded.Plane, padded.Pitch);
            int* places = padded.PlaceOffsets(geometry, tile);
            int panelWidth = vectors * TSimd.Lanes;
            Cut depths = new(geometry.Depth, PanelBytes / (DirectTile<T, TVector, TSimd>.Vectors * TSimd.Lanes * sizeof(T))), rows = new(tile.Columns, DirectTile<T, TVector, TSimd>.Rows);
            T* biases = Scratch.Get<T>(ScratchUse.Weights, ((long)depths.Start(1) + 2) * panelWidth), weights = biases + panelWidth;
            new Span<T>(biases, panelWidth).Clear();
            if (bias is not null)
            {
                new Span<T>(bias + firstOutput, outputs).CopyTo(new Span<T>(biases, outputs));
            }

            for (int part = 0; part < depths.Parts; part++)
            {
                int tap = depths.Start(part), depth = depths.Start(part + 1) - tap;
                Transposition.ToLanes(w + ((nint)firstOutput * geometry.Depth) + tap, geometry.Depth, outputs, depth, weights, panelWidth);
                for (int row = 0; row < rows.Parts; row++)
                {
                    int first = rows.Start(row);
                    T* result = lanes + ((nint)first * width);
                    PlaceKernel<T, TVector, TSimd>.Run(
                        rows.Start(row + 1) - first, vectors, padded.X, places + first, taps + tap, depth,
                        weights, part > 0 ? result : biases, part > 0 ? width : 0, result, width);
                }
            }
        }
    }
}
