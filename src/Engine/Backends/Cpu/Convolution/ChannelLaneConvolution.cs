using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Gemm;

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
            Cut panels = new((geometry.OutputsPerGroup + TSimd.Lanes - 1) / TSimd.Lanes, ConvolutionTile<T, TVector, TSimd>.Vectors);
            nint groupOfWeights = (nint)panels.Start(panels.Parts) * TSimd.Lanes * (geometry.Depth + 1);
            T* weights = Scratch.Get<T>(ScratchUse.Weights, geometry.Groups * groupOfWeights);
            WorkerPool.Run(new PackJob<T, TVector, TSimd>(geometry, panels, w, bias, weights, groupOfWeights), geometry.Groups * panels.Parts);

            int width = panels.Start(panels.Parts) * TSimd.Lanes;
            long bytesPerPlace = (width + ((long)geometry.ChannelsPerGroup * geometry.Window.Stride.Y * geometry.Padded.OutWidth / geometry.OutWidth)) * sizeof(T);
            int most = (int)Math.Max(1, ForwardBytes / bytesPerPlace);
            ColumnTiles tiles = new(geometry, most, most, EnoughJobs);
            WorkerPool.Run(
                new ForwardJob<T, TVector, TSimd>(geometry, tiles, panels, x, weights, groupOfWeights, bias is not null, activation, y),
                tiles.Count * geometry.Groups);
        }
    }

    // A panel of weights, taps as rows; before them a row of biases.
    private readonly struct PackJob<T, TVector, TSimd>(in Geometry geometry, Cut panels, T* w, T* bias, T* packed, nint groupOfWeights) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;

        public void Execute(int index)
        {
            (int group, int panel) = Math.DivRem(index, panels.Parts);
            int first = panels.Start(panel) * TSimd.Lanes, width = (panels.Start(panel + 1) * TSimd.Lanes) - first;
            int outputs = Math.Min(geometry.OutputsPerGroup - first, width), firstOutput = (group * geometry.OutputsPerGroup) + first;
            T* destination = packed + (group * groupOfWeights) + ((nint)first * (geometry.Depth + 1));
            if (bias is not null)
            {
                Span<T> biases = new(destination, width);
                biases.Clear();
                new Span<T>(bias + firstOutput, outputs).CopyTo(biases);
            }

            Transposition.ToLanes(w + ((nint)firstOutput * geometry.Depth), geometry.Depth, outputs, geometry.Depth, destination + width, width);
        }
    }

    private readonly struct ForwardJob<T, TVector, TSimd>(
        in Geometry geometry, in ColumnTiles tiles, Cut panels, T* x, T* weights, nint groupOfWeights, bool hasBias, Activation? activation, T* y)
        : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;
        private readonly ColumnTiles tiles = tiles;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            (int at, int group) = Math.DivRem(index, geometry.Groups);
            ColumnTiles.Tile tile = tiles[at];
            PaddedTile<T, TVector, TSimd> padded = new(geometry, tile, group * geometry.ChannelsPerGroup, geometry.ChannelsPerGroup, x);
            int* taps = TapOffsets(geometry, geometry.ChannelsPerGroup, padded.Plane, padded.Pitch);
            int* places = padded.PlaceOffsets(geometry, tile);
            int width = panels.Start(panels.Parts) * TSimd.Lanes;
            T* lanes = Scratch.Get<T>(ScratchUse.Planes, (long)tile.Columns * width);
            T* packed = weights + (group * groupOfWeights);
            Cut depths = new(geometry.Depth, PanelBytes / (ConvolutionTile<T, TVector, TSimd>.Vectors * TSimd.Lanes * sizeof(T))), rows = new(tile.Columns, ConvolutionTile<T, TVector, TSimd>.Rows);
            for (int block = 0; block < depths.Parts; block++)
            {
                int tap = depths.Start(block), depth = depths.Start(block + 1) - tap;
                for (int panel = 0; panel < panels.Parts; panel++)
                {
                    int vectors = panels.Start(panel + 1) - panels.Start(panel), vector = panels.Start(panel) * TSimd.Lanes;
                    T* w = packed + ((nint)vector * (geometry.Depth + 1));
                    for (int row = 0; row < rows.Parts; row++)
                    {
                        int first = rows.Start(row);
                        T* result = lanes + ((nint)first * width) + vector;
                        PlaceKernel<T, TVector, TSimd>.Run(
                            rows.Start(row + 1) - first, vectors, padded.X, places + first, taps + tap, depth,
                            w + ((nint)(tap + 1) * vectors * TSimd.Lanes), block > 0 ? result : hasBias ? w : null, block > 0 ? width : 0, result, width);
                    }
                }
            }

            Epilogue.Activate(activation, lanes, tile.Columns * width);
            for (int i = 0; i < tile.Images; i++)
            {
                Transposition.FromLanes(
                    lanes + ((nint)i * tile.Positions * width), width, geometry.OutputsPerGroup, tile.Positions,
                    y + ((nint)(tile.FirstImage + i) * geometry.OutImageSize) + ((nint)group * geometry.OutputsPerGroup * geometry.Positions) + tile.FirstPosition,
                    geometry.Positions);
            }
        }
    }
}
