using System.Numerics;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

internal static unsafe partial class ChannelLaneConvolution
{
    // Taps, over all its input channels, whose sums a job keeps; with as many output channels as below, half a megabyte.
    private const int BlockTaps = 576;

    // Output channels of one job.
    private const int BlockOutputs = 192;

    // Bytes of x and g that are worked on at a time: they stay in the second-level cache while all tiles of sums pass by.
    private const int TileBytes = 384 * 1024;

    // Jobs enough to keep a small machine busy.
    private const int EnoughJobs = 8;

    /// <summary>dw += the adjoint of w ∗ x in w, applied to g.</summary>
    /// <remarks>
    /// A job owns the weights between some input and some output channels and walks through the batch. A layer of few
    /// channels has too few such jobs; there the batch is dealt to a fixed number of shares as well, each with sums of its
    /// own, which are added up in order at the end. The first share has dw itself.
    /// </remarks>
    public static void AccumulateBackwardWeights<T>(in Geometry geometry, T* x, T* g, T* dw)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Cut channels = new(geometry.ChannelsPerGroup, Math.Max(1, BlockTaps / geometry.Taps)), outputs = new(geometry.OutputsPerGroup, BlockOutputs);
        int owners = geometry.Groups * channels.Parts * outputs.Parts, enough = ((EnoughJobs - 1) / owners) + 1;

        int blockOutputs = ((geometry.OutputsPerGroup - 1) / outputs.Parts) + 1, blockChannels = ((geometry.ChannelsPerGroup - 1) / channels.Parts) + 1;
        long bytesPerPlace = (blockOutputs + ((long)blockChannels * geometry.Padded.OutWidth * geometry.Window.Stride.Y / geometry.OutWidth)) * sizeof(T);
        int most = (int)Math.Max(1, TileBytes / bytesPerPlace);
        ColumnTiles tiles = new(geometry, most, most, enough);
        Cut shares = new(tiles.Count, (tiles.Count + enough - 1) / enough);
        int weights = geometry.Groups * geometry.OutputsPerGroup * geometry.Depth;
        T* partial = shares.Parts == 1 ? null : Scratch.Get<T>(ScratchUse.PartialSums, (shares.Parts - 1) * (long)weights);
        WeightsPlan<T> plan = new(geometry, tiles, channels, outputs, shares, x, g, dw, partial, weights);
        Widest.Run<T, WeightsRoutine<T>>(new WeightsRoutine<T>(plan, owners * shares.Parts));
        PartialSums.AddUp(partial, shares.Parts - 1, weights, dw);
    }

    private readonly struct WeightsPlan<T>(
        in Geometry geometry, in ColumnTiles tiles, Cut channels, Cut outputs, Cut shares, T* x, T* g, T* dw, T* partial, int weights)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public readonly Geometry Geometry = geometry;
        public readonly ColumnTiles Tiles = tiles;

        public Cut Channels => channels;

        public Cut Outputs => outputs;

        public Cut Shares => shares;

        public T* X => x;

        public T* G => g;

        // The weights that a share adds to.
        public T* SumsOf(int share) => share == 0 ? dw : partial + ((nint)(share - 1) * weights);
    }

    private readonly struct WeightsRoutine<T>(in WeightsPlan<T> plan, int jobs) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly WeightsPlan<T> plan = plan;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector> => WorkerPool.Run(new WeightsJob<T, TVector, TSimd>(plan), jobs);
    }

    private readonly struct WeightsJob<T, TVector, TSimd>(in WeightsPlan<T> plan) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly WeightsPlan<T> plan = plan;

        public void Execute(int index)
        {
            Geometry geometry = plan.Geometry;
            (index, int channelBlock) = Math.DivRem(index, plan.Channels.Parts);
            (index, int outputBlock) = Math.DivRem(index, plan.Outputs.Parts);
            (int share, int group) = Math.DivRem(index, geometry.Groups);
            int firstChannel = plan.Channels.Start(channelBlock), channels = plan.Channels.Start(channelBlock + 1) - firstChannel;
            int firstOutput = plan.Outputs.Start(outputBlock), outputs = plan.Outputs.Start(outputBlock + 1) - firstOutput;
            int width = (outputs + TSimd.Lanes - 1) / TSimd.Lanes * TSimd.Lanes, taps = channels * geometry.Taps;
            T* sums = Scratch.Get<T>(ScratchUse.Weights, (long)taps * width);
            new Span<T>(sums, taps * width).Clear();
            for (int tile = plan.Shares.Start(share); tile < plan.Shares.Start(share + 1); tile++)
            {
                Accumulate(
                    plan.Tiles[tile], (group * geometry.ChannelsPerGroup) + firstChannel, channels, (group * geometry.OutputsPerGroup) + firstOutput, outputs, sums, width);
            }

            T* weights = plan.SumsOf(share) + ((nint)((group * geometry.OutputsPerGroup) + firstOutput) * geometry.Depth) + (firstChannel * geometry.Taps);
            if (share == 0)
            {
                Transposition.AddFromLanes(sums, width, outputs, taps, weights, geometry.Depth);
            }
            else
            {
                Transposition.FromLanes(sums, width, outputs, taps, weights, geometry.Depth);
            }
        }

        // x with its padding and g with channels as lanes for one tile; then all tiles of sums.
        private void Accumulate(in ColumnTiles.Tile tile, int firstChannel, int channels, int firstOutput, int outputs, T* sums, int width)
        {
            Geometry geometry = plan.Geometry;
            PaddedTile<T, TVector, TSimd> padded = new(geometry, tile, firstChannel, channels, plan.X);
            T* lanes = Scratch.Get<T>(ScratchUse.Planes, (long)tile.Columns * width);
            for (int i = 0; i < tile.Images; i++)
            {
                Transposition.ToLanes(
                    plan.G + ((nint)(tile.FirstImage + i) * geometry.OutImageSize) + ((nint)firstOutput * geometry.Positions) + tile.FirstPosition,
                    geometry.Positions, outputs, tile.Positions, lanes + ((nint)i * tile.Positions * width), width);
            }

            int taps = channels * geometry.Taps;
            int* offsets = TapOffsets(geometry, channels, padded.Plane, padded.Pitch);
            PlacesOfWeights<T> places = new()
            {
                Images = tile.Images,
                Rows = tile.EndRow - tile.FirstRow,
                Width = geometry.OutWidth,
                X = padded.X,
                XImage = padded.Image,
                XRow = geometry.Window.Stride.Y * padded.Pitch,
                XStep = geometry.Window.Stride.X,
                G = lanes,
                GStep = width,
            };
            Cut rows = new(taps, DirectTile<T, TVector, TSimd>.Rows), panels = new(width / TSimd.Lanes, DirectTile<T, TVector, TSimd>.Vectors);
            for (int panel = 0; panel < panels.Parts; panel++)
            {
                int vector = panels.Start(panel), vectors = panels.Start(panel + 1) - vector;
                places.G = lanes + (vector * TSimd.Lanes);
                for (int row = 0; row < rows.Parts; row++)
                {
                    int first = rows.Start(row);
                    WeightKernel<T, TVector, TSimd>.Run(
                        rows.Start(row + 1) - first, vectors, places, offsets + first, sums + ((nint)first * width) + (vector * TSimd.Lanes), width);
                }
            }
        }
    }
}
