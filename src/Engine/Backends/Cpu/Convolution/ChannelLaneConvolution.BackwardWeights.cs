using System.Numerics;
using System.Runtime.CompilerServices;
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

    /// <summary>dw = the adjoint of w ∗ x in w, applied to g, or that added to dw; db += Σ g.</summary>
    /// <remarks>
    /// A job owns the weights between some input and some output channels and walks through the batch. A layer of few
    /// channels has too few such jobs; there the batch is dealt to a fixed number of shares as well, each with sums of its
    /// own, which are added up in order at the end. The first share has dw itself. The gradient of the bias is another row of
    /// sums, as if there were one more tap, which always sees 1.
    /// </remarks>
    /// <param name="geometry">The sizes.</param>
    /// <param name="x">The images.</param>
    /// <param name="g">∂L/∂y.</param>
    /// <param name="dw">∂L/∂w.</param>
    /// <param name="accumulate">Whether to add to what dw holds.</param>
    /// <param name="db">∂L/∂b, added to; null where it is not wanted.</param>
    public static void BackwardWeights<T>(in Geometry geometry, T* x, T* g, T* dw, bool accumulate, T* db)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Cut channels = new(geometry.ChannelsPerGroup, Math.Max(1, BlockTaps / geometry.Taps)), outputs = new(geometry.OutputsPerGroup, BlockOutputs);
        int owners = geometry.Groups * channels.Parts * outputs.Parts, enough = ((EnoughJobs - 1) / owners) + 1;

        int blockOutputs = ((geometry.OutputsPerGroup - 1) / outputs.Parts) + 1, blockChannels = ((geometry.ChannelsPerGroup - 1) / channels.Parts) + 1;
        long bytesPerPlace = (blockOutputs + ((long)blockChannels * geometry.Padded.OutWidth * geometry.Window.Stride.Y / geometry.OutWidth)) * sizeof(T);
        int most = (int)Math.Max(1, TileBytes / bytesPerPlace);
        ColumnTiles tiles = new(geometry, most, most, enough);
        Cut shares = new(tiles.Count, (tiles.Count + enough - 1) / enough);
        int biases = geometry.Groups * geometry.OutputsPerGroup, weights = biases * geometry.Depth, step = weights + biases;
        T* partial = shares.Parts == 1 ? null : Scratch.Get<T>(ScratchUse.PartialSums, (shares.Parts - 1) * (long)step);
        WeightsPlan<T> plan = new(geometry, tiles, channels, outputs, shares, x, g, dw, accumulate, db, partial, step);
        Widest.Run<T, WeightsRoutine<T>>(new WeightsRoutine<T>(plan, owners * shares.Parts));
        PartialSums.AddUp(partial, shares.Parts - 1, step, weights, dw);
        if (db is not null)
        {
            PartialSums.AddUp(partial + weights, shares.Parts - 1, step, biases, db);
        }
    }

    private readonly struct WeightsPlan<T>(
        in Geometry geometry, in ColumnTiles tiles, Cut channels, Cut outputs, Cut shares, T* x, T* g, T* dw, bool accumulate, T* db, T* partial, int step)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public readonly Geometry Geometry = geometry;
        public readonly ColumnTiles Tiles = tiles;

        public Cut Channels => channels;

        public Cut Outputs => outputs;

        public Cut Shares => shares;

        public T* X => x;

        public T* G => g;

        public bool WantsBias => db is not null;

        // The weights that a share writes to.
        public T* WeightsOf(int share) => share == 0 ? dw : partial + ((nint)(share - 1) * step);

        public bool AddsTo(int share) => share == 0 && accumulate;

        public T* BiasesOf(int share) => share == 0 ? db : partial + ((nint)(share - 1) * step) + (Geometry.Groups * Geometry.OutputsPerGroup * Geometry.Depth);
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
            T* sums = Scratch.Get<T>(ScratchUse.Weights, (long)(taps + 1) * width), sumsOfG = plan.WantsBias && channelBlock == 0 ? sums + ((nint)taps * width) : null;
            new Span<T>(sums, (taps + 1) * width).Clear();
            for (int tile = plan.Shares.Start(share); tile < plan.Shares.Start(share + 1); tile++)
            {
                Accumulate(
                    plan.Tiles[tile], (group * geometry.ChannelsPerGroup) + firstChannel, channels, (group * geometry.OutputsPerGroup) + firstOutput, outputs, sums, sumsOfG, width);
            }

            T* weights = plan.WeightsOf(share) + ((nint)((group * geometry.OutputsPerGroup) + firstOutput) * geometry.Depth) + (firstChannel * geometry.Taps);
            if (plan.AddsTo(share))
            {
                Transposition.AddFromLanes(sums, width, outputs, taps, weights, geometry.Depth);
            }
            else
            {
                Transposition.FromLanes(sums, width, outputs, taps, weights, geometry.Depth);
            }

            if (sumsOfG is not null)
            {
                T* biases = plan.BiasesOf(share) + (group * geometry.OutputsPerGroup) + firstOutput;
                for (int k = 0; k < outputs; k++)
                {
                    biases[k] = share == 0 ? biases[k] + sumsOfG[k] : sumsOfG[k];
                }
            }
        }

        // x with its padding and g with channels as lanes for one tile; then all tiles of sums.
        private void Accumulate(in ColumnTiles.Tile tile, int firstChannel, int channels, int firstOutput, int outputs, T* sums, T* sumsOfG, int width)
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

            if (sumsOfG is not null)
            {
                AddRows(lanes, tile.Columns, width, sumsOfG);
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

        // sums += Σ rows, four of them at a time side by side, so that no addition waits for the one before.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddRows(T* rows, int count, int width, T* sums)
        {
            for (int i = 0; i < width; i += TSimd.Lanes)
            {
                TVector a = TSimd.Load(sums + i), b = default, c = default, d = default;
                T* at = rows + i;
                int row = 0;
                for (; row <= count - 4; row += 4)
                {
                    a = TSimd.Add(a, TSimd.Load(at));
                    b = TSimd.Add(b, TSimd.Load(at + width));
                    c = TSimd.Add(c, TSimd.Load(at + (2 * width)));
                    d = TSimd.Add(d, TSimd.Load(at + (3 * width)));
                    at += 4 * width;
                }

                for (; row < count; row++)
                {
                    a = TSimd.Add(a, TSimd.Load(at));
                    at += width;
                }

                TSimd.Store(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)), sums + i);
            }
        }
    }
}
