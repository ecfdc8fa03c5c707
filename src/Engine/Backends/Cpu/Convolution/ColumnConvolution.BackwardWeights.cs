using System.Numerics;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

internal static unsafe partial class ColumnConvolution
{
    /// <summary>dw = the adjoint of w ∗ x in w, applied to g, or that added to dw.</summary>
    /// <remarks>
    /// A job owns the weights of some input channels and walks through the batch, a few images at a time. A layer of
    /// few channels has too few such jobs; there the batch is dealt to a fixed number of shares as well, each with sums
    /// of its own, which are added up in order at the end. The first share has dw itself.
    /// </remarks>
    public static void BackwardWeights<T>(in Geometry geometry, T* x, T* g, T* dw, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Cut blocks = new(geometry.ChannelsPerGroup, Math.Max(1, BlockRows / geometry.Taps));
        int owners = blocks.Parts * geometry.Groups, enough = ((EnoughJobs - 1) / owners) + 1;
        ColumnTiles tiles = new(geometry, LongRow, LongRow, enough);
        Cut shares = new(tiles.Count, (tiles.Count + enough - 1) / enough);
        int weights = geometry.Groups * geometry.OutputsPerGroup * geometry.Depth;
        T* partial = shares.Parts == 1 ? null : Scratch.Get<T>(ScratchUse.PartialSums, (shares.Parts - 1) * (long)weights);
        WorkerPool.Run(new BackwardWeightsJob<T>(geometry, tiles, blocks, shares, x, g, dw, accumulate, partial), owners * shares.Parts);
        PartialSums.AddUp(partial, shares.Parts - 1, weights, weights, dw);
    }

    // Columns that a tile should have: the length of the dot products, which makes up for adding each up at the end.
    private const int LongRow = 1024;

    // Rows of X̃ that a job makes: with columns of that length they fill half of a 2 MB second-level cache.
    private const int BlockRows = 256;

    private readonly struct BackwardWeightsJob<T>(
        in Geometry geometry, in ColumnTiles tiles, Cut blocks, Cut shares, T* x, T* g, T* dw, bool accumulate, T* partial) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;
        private readonly ColumnTiles tiles = tiles;

        public void Execute(int index)
        {
            int block = index % blocks.Parts, group = index / blocks.Parts % geometry.Groups, share = index / blocks.Parts / geometry.Groups;
            int channel = blocks.Start(block), channels = blocks.Start(block + 1) - channel;
            nint groupWeights = (nint)geometry.OutputsPerGroup * geometry.Depth;
            T* sums = (share == 0 ? dw : partial + ((share - 1) * geometry.Groups * groupWeights))
                + (group * groupWeights) + (channel * geometry.Taps);
            if (share > 0 || !accumulate)
            {
                for (int k = 0; k < geometry.OutputsPerGroup; k++)
                {
                    new Span<T>(sums + ((nint)k * geometry.Depth), channels * geometry.Taps).Clear();
                }
            }

            for (int tile = shares.Start(share); tile < shares.Start(share + 1); tile++)
            {
                Accumulate(tiles[tile], group, channel, channels, sums);
            }
        }

        // G·X̃ᵀ for one tile and some channels: both have the places along their rows.
        private void Accumulate(in ColumnTiles.Tile tile, int group, int channel, int channels, T* sums)
        {
            T* columns = ColumnsOf(geometry, x, (group * geometry.ChannelsPerGroup) + channel, channels, tile, out nint stride);
            T* gradient = g + ((nint)tile.FirstImage * geometry.OutImageSize)
                + ((nint)group * geometry.OutputsPerGroup * geometry.Positions) + tile.FirstPosition;
            nint row = geometry.Positions;
            if (tile.Images > 1)
            {
                gradient = PlanesTogether(geometry, gradient, tile, out row);
            }

            Widest.Run<T, DotProducts<T>>(new(
                geometry.OutputsPerGroup, channels * geometry.Taps, tile.Columns, gradient, row, columns, stride, sums, geometry.Depth));
        }
    }
}
