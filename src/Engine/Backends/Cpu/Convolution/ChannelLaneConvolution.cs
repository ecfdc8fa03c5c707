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
        Widest.Run<T, ForwardRoutine<T>>(new ForwardRoutine<T>(geometry, x, w, false, bias, activation, y));

    /// <summary>y = f(w ∗ x + bias), with weights from <see cref="Prepare"/>.</summary>
    public static void ForwardPrepared<T>(in Geometry geometry, T* x, T* panels, T* bias, Activation? activation, T* y)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Widest.Run<T, ForwardRoutine<T>>(new ForwardRoutine<T>(geometry, x, panels, true, bias, activation, y));

    /// <summary>Brings weights into the order of <see cref="OutputPanels"/>: groups·depth rows of the channels of a group, rounded up.</summary>
    public static void Prepare<T>(in Geometry geometry, T* w, T* panels)
        where T : unmanaged, IFloatingPointIeee754<T> => Widest.Run<T, PrepareRoutine<T>>(new PrepareRoutine<T>(geometry, w, panels));

    /// <summary>For each tap of each channel where it lies in a window.</summary>
    public static int* TapOffsets(in Geometry geometry, int channels, nint plane, nint pitch)
    {
        Window window = geometry.Window;
        int* offsets = Scratch.Get<int>(ScratchUse.Offsets, channels * geometry.Taps), next = offsets;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int row = 0; row < window.Kernel.Y; row++)
            {
                int first = (int)((channel * plane) + (row * window.Dilation.Y * pitch));
                for (int column = 0; column < window.Kernel.X; column++)
                {
                    *next++ = first + (column * window.Dilation.X);
                }
            }
        }

        return offsets;
    }

    private readonly struct PrepareRoutine<T>(in Geometry geometry, T* w, T* prepared) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            OutputPanels panels = new(geometry.OutputsPerGroup, TSimd.Lanes, DirectTile<T, TVector, TSimd>.Vectors);
            for (int group = 0; group < geometry.Groups; group++)
            {
                for (int panel = 0; panel < panels.Parts; panel++)
                {
                    int first = panels.Start(panel), width = panels.Vectors(panel) * TSimd.Lanes;
                    Transposition.ToLanes(
                        w + ((nint)((group * geometry.OutputsPerGroup) + first) * geometry.Depth), geometry.Depth, Math.Min(width, geometry.OutputsPerGroup - first), geometry.Depth,
                        prepared + ((((nint)group * panels.Width) + first) * geometry.Depth), width);
                }
            }
        }
    }

    private readonly struct ForwardRoutine<T>(in Geometry geometry, T* x, T* w, bool prepared, T* bias, Activation? activation, T* y) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            // Few places are not cut: jobs are made of output channels instead, so that no weight is read more than a few times.
            int vectors = DirectTile<T, TVector, TSimd>.Vectors;
            OutputPanels panels = new(geometry.OutputsPerGroup, TSimd.Lanes, vectors);
            int enough = (int)Math.Clamp((long)geometry.Images * geometry.Positions / FewPlaces, 1, EnoughJobs);
            int most = Math.Max(1, BlockOutputs / (vectors * TSimd.Lanes));
            Cut blocks = new(panels.Parts, Math.Clamp(panels.Parts * enough * geometry.Groups / EnoughJobs, 1, most));

            long bytesPerPlace = ((vectors * TSimd.Lanes) + ((long)geometry.ChannelsPerGroup * geometry.Window.Stride.Y * geometry.Padded.OutWidth / geometry.OutWidth)) * sizeof(T);
            int places = (int)Math.Max(FewPlaces, ForwardBytes / bytesPerPlace);
            ColumnTiles tiles = new(geometry, places, places, enough);
            ForwardJob<T, TVector, TSimd> job = new(geometry, tiles, panels, blocks, x, w, prepared, bias, activation, y);
            WorkerPool.Run(job, tiles.Count * geometry.Groups * blocks.Parts);
        }
    }

    private readonly struct ForwardJob<T, TVector, TSimd>(
        in Geometry geometry, in ColumnTiles tiles, in OutputPanels panels, Cut blocks, T* x, T* w, bool prepared, T* bias, Activation? activation, T* y) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;
        private readonly ColumnTiles tiles = tiles;
        private readonly OutputPanels panels = panels;

        public void Execute(int index)
        {
            (index, int block) = Math.DivRem(index, blocks.Parts);
            (int at, int group) = Math.DivRem(index, geometry.Groups);
            ColumnTiles.Tile tile = tiles[at];
            PaddedTile<T, TVector, TSimd> padded = new(geometry, tile, group * geometry.ChannelsPerGroup, geometry.ChannelsPerGroup, x);
            int* taps = TapOffsets(geometry, geometry.ChannelsPerGroup, padded.Plane, padded.Pitch);
            int* places = padded.PlaceOffsets(geometry, tile);
            T* lanes = Scratch.Get<T>(ScratchUse.Planes, (long)tile.Columns * DirectTile<T, TVector, TSimd>.Vectors * TSimd.Lanes);
            for (int panel = blocks.Start(block); panel < blocks.Start(block + 1); panel++)
            {
                int firstOfGroup = panels.Start(panel), vectors = panels.Vectors(panel), width = vectors * TSimd.Lanes;
                int first = (group * geometry.OutputsPerGroup) + firstOfGroup, outputs = Math.Min(width, geometry.OutputsPerGroup - firstOfGroup);
                T* ready = prepared ? w + ((((nint)group * panels.Width) + firstOfGroup) * geometry.Depth) : null;
                ComputePanel(tile.Columns, padded.X, places, taps, ready, first, outputs, vectors, lanes);
                Epilogue.Activate(activation, lanes, tile.Columns * width);
                for (int i = 0; i < tile.Images; i++)
                {
                    Transposition.FromLanes(
                        lanes + ((nint)i * tile.Positions * width), width, outputs, tile.Positions,
                        y + ((nint)(tile.FirstImage + i) * geometry.OutImageSize) + ((nint)first * geometry.Positions) + tile.FirstPosition, geometry.Positions);
                }
            }
        }

        // Up to 3 vectors of output channels at all places: some taps at a time, their weights turned just before use unless they are ready.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void ComputePanel(int columns, T* source, int* places, int* taps, T* ready, int firstOutput, int outputs, int vectors, T* lanes)
        {
            int width = vectors * TSimd.Lanes;
            Cut depths = new(geometry.Depth, PanelBytes / (DirectTile<T, TVector, TSimd>.Vectors * TSimd.Lanes * sizeof(T))), rows = new(columns, DirectTile<T, TVector, TSimd>.Rows);
            T* biases = Scratch.Get<T>(ScratchUse.Weights, ((long)depths.Start(1) + 2) * width), turned = biases + width;
            new Span<T>(biases, width).Clear();
            if (bias is not null)
            {
                new Span<T>(bias + firstOutput, outputs).CopyTo(new Span<T>(biases, outputs));
            }

            for (int part = 0; part < depths.Parts; part++)
            {
                int tap = depths.Start(part), depth = depths.Start(part + 1) - tap;
                T* weights = ready is null ? turned : ready + ((nint)tap * width);
                if (ready is null)
                {
                    Transposition.ToLanes(w + ((nint)firstOutput * geometry.Depth) + tap, geometry.Depth, outputs, depth, weights, width);
                }

                for (int row = 0; row < rows.Parts; row++)
                {
                    int first = rows.Start(row);
                    T* result = lanes + ((nint)first * width);
                    PlaceKernel<T, TVector, TSimd>.Run(
                        rows.Start(row + 1) - first, vectors, source, places + first, taps + tap, depth,
                        weights, part > 0 ? result : biases, part > 0 ? width : 0, result, width);
                }
            }
        }
    }
}
