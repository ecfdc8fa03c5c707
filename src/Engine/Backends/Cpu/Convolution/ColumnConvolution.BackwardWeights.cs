using System.Numerics;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

internal static unsafe partial class ColumnConvolution
{
    /// <summary>dw += the adjoint of w ∗ x in w, applied to g.</summary>
    /// <remarks>
    /// Every image adds to every weight. So that threads need not take turns, and the order of the additions is the same for
    /// any number of them, the tiles are dealt to a fixed number of parts, each with a gradient of its own, and those
    /// are added up in order at the end. The first part has dw itself.
    /// </remarks>
    public static void AccumulateBackwardWeights<T>(in Geometry geometry, T* x, T* g, T* dw)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ColumnTiles tiles = new(geometry, geometry.Depth, sizeof(T));
        int weights = geometry.Groups * geometry.OutputsPerGroup * geometry.Depth;
        int parts = Math.Min(tiles.Count, (int)Math.Clamp(PartialBytes / ((long)weights * sizeof(T)), 2, MostParts));
        T* partial = parts == 1 ? null : Scratch.Get<T>(ScratchUse.PartialSums, (parts - 1) * (long)weights);
        Cut shares = new(tiles.Count, (tiles.Count + parts - 1) / parts);
        WorkerPool.Run(new BackwardWeightsJob<T>(geometry, tiles, shares, x, g, dw, partial), shares.Parts);
        Cut pieces = new(weights, SumPiece);
        WorkerPool.Run(new SumJob<T>(pieces, partial, weights, shares.Parts - 1, dw), pieces.Parts);
    }

    private const int MostParts = 8;

    private const long PartialBytes = 32 << 20;

    private const int SumPiece = 8192;

    private readonly struct BackwardWeightsJob<T>(in Geometry geometry, in ColumnTiles tiles, Cut shares, T* x, T* g, T* dw, T* partial)
        : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;
        private readonly ColumnTiles tiles = tiles;

        public void Execute(int index)
        {
            int weights = geometry.Groups * geometry.OutputsPerGroup * geometry.Depth;
            T* sums = dw;
            if (index > 0)
            {
                sums = partial + ((nint)(index - 1) * weights);
                new Span<T>(sums, weights).Clear();
            }

            for (int t = shares.Start(index); t < shares.Start(index + 1); t++)
            {
                for (int group = 0; group < geometry.Groups; group++)
                {
                    Accumulate(tiles[t], group, sums + ((nint)group * geometry.OutputsPerGroup * geometry.Depth));
                }
            }
        }

        // G·X̃ᵀ for one tile: both have the places along their rows.
        private void Accumulate(in ColumnTiles.Tile tile, int group, T* sums)
        {
            T* columns = ColumnsOf(geometry, x, group, tile, out nint stride);
            T* gradient = g + ((nint)tile.FirstImage * geometry.OutImageSize)
                + ((nint)group * geometry.OutputsPerGroup * geometry.Positions) + tile.FirstPosition;
            nint row = geometry.Positions;
            if (tile.Images > 1)
            {
                gradient = PlanesTogether(geometry, gradient, tile);
                row = tile.Columns;
            }

            DotProducts.Accumulate(
                geometry.OutputsPerGroup, geometry.Depth, tile.Columns, gradient, row, columns, stride, sums, geometry.Depth);
        }
    }

    private readonly struct SumJob<T>(Cut pieces, T* partial, int weights, int parts, T* dw) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Execute(int index)
        {
            int first = pieces.Start(index), end = pieces.Start(index + 1);
            for (int part = 0; part < parts; part++)
            {
                T* source = partial + ((nint)part * weights);
                for (int i = first; i < end; i++)
                {
                    dw[i] += source[i];
                }
            }
        }
    }
}
