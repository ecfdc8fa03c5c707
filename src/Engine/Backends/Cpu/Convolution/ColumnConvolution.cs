using System.Numerics;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// Convolution as a matrix product with the columns of the image (<see cref="Columns"/>): the method for every stride,
/// dilation, padding and grouping.
/// </summary>
/// <remarks>
/// With w as a matrix W of K rows and C·R·S columns, X̃ the columns of the image and G the gradient with one row per output
/// channel, for each image
///   Y = W·X̃,   ∂L/∂X̃ = Wᵀ·G,   ∂L/∂W = G·X̃ᵀ,
/// and what arrives at X̃ goes back to the pixels it was copied from. X̃ is R·S times larger than the image, so it is made
/// in pieces that stay in the cache (<see cref="ColumnTiles"/>), one per job, in memory that each thread keeps.
/// A window of one pixel needs no copy: X̃ is the image.
/// </remarks>
internal static unsafe partial class ColumnConvolution
{
    // Half of a small second-level cache, a quarter of a large one.
    private const int ColumnBytes = 512 * 1024;

    // A product with fewer columns than this makes poor use of the weights it has loaded.
    private const int FewColumns = 144;

    // Jobs enough to keep a small machine busy.
    private const int EnoughJobs = 8;

    /// <summary>y = f(w ∗ x + bias).</summary>
    public static void Forward<T>(in Geometry geometry, T* x, T* w, T* bias, Activation? activation, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int most = Math.Max(FewColumns, ColumnBytes / (geometry.Depth * sizeof(T)));
        ColumnTiles tiles = new(geometry, FewColumns, most, EnoughJobs);
        WorkerPool.Run(new ForwardJob<T>(geometry, tiles, x, w, bias, activation, y), tiles.Count * geometry.Groups);
    }

    // The columns of a tile: the image itself, or its windows copied.
    private static T* ColumnsOf<T>(in Geometry geometry, T* x, int firstChannel, int channels, in ColumnTiles.Tile tile, out nint stride)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* image = x + ((nint)tile.FirstImage * geometry.ImageSize) + ((nint)firstChannel * geometry.Plane);
        if (geometry.IsPointwise && tile.Images == 1)
        {
            stride = geometry.Plane;
            return image + tile.FirstPosition;
        }

        stride = CacheLines.OddStride<T>(tile.Columns);
        T* columns = Scratch.Get<T>(ScratchUse.Columns, channels * geometry.Taps * (long)stride);
        for (int i = 0; i < tile.Images; i++)
        {
            Columns.Gather(
                geometry, image, channels, tile.FirstRow, tile.EndRow, columns + (i * tile.Positions), stride);
            image += geometry.ImageSize;
        }

        return columns;
    }

    // Planes of the output of several images, side by side: row k is channel k of one image after the other.
    private static T* PlanesTogether<T>(in Geometry geometry, T* planes, in ColumnTiles.Tile tile, out nint stride)
        where T : unmanaged
    {
        stride = CacheLines.OddStride<T>(tile.Columns);
        T* together = Scratch.Get<T>(ScratchUse.Planes, geometry.OutputsPerGroup * (long)stride);
        for (int k = 0; k < geometry.OutputsPerGroup; k++)
        {
            for (int i = 0; i < tile.Images; i++)
            {
                new Span<T>(planes + ((nint)i * geometry.OutImageSize) + ((nint)k * geometry.Positions), tile.Positions)
                    .CopyTo(new Span<T>(together + (k * stride) + (i * tile.Positions), tile.Positions));
            }
        }

        return together;
    }

    private readonly struct ForwardJob<T>(
        in Geometry geometry, in ColumnTiles tiles, T* x, T* w, T* bias, Activation? activation, T* y) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;
        private readonly ColumnTiles tiles = tiles;

        public void Execute(int index)
        {
            int group = index % geometry.Groups;
            ColumnTiles.Tile tile = tiles[index / geometry.Groups];
            int outputs = geometry.OutputsPerGroup, firstOutput = group * outputs;
            T* columns = ColumnsOf(geometry, x, group * geometry.ChannelsPerGroup, geometry.ChannelsPerGroup, tile, out nint stride);
            T* planes = y + ((nint)tile.FirstImage * geometry.OutImageSize) + ((nint)firstOutput * geometry.Positions) + tile.FirstPosition;
            bool direct = tile.Images == 1;
            T* result = direct ? planes : Scratch.Get<T>(ScratchUse.Planes, (long)outputs * tile.Columns);
            nint row = direct ? geometry.Positions : tile.Columns;
            if (bias is not null)
            {
                for (int k = 0; k < outputs; k++)
                {
                    new Span<T>(result + (k * row), tile.Columns).Fill(bias[firstOutput + k]);
                }
            }

            MatrixProduct.RunSerial(new Product<T>
            {
                M = outputs,
                N = tile.Columns,
                K = geometry.Depth,
                A = w + ((nint)firstOutput * geometry.Depth),
                ARow = geometry.Depth,
                AStep = 1,
                B = columns,
                BStep = stride,
                BColumn = 1,
                Start = bias is null ? null : result,
                StartRow = row,
                Y = result,
                YRow = row,
            });
            for (int k = 0; k < outputs; k++)
            {
                Epilogue.Activate(activation, result + (k * row), tile.Columns);
            }

            if (!direct)
            {
                Separate(result, tile, planes);
            }
        }

        private void Separate(T* together, in ColumnTiles.Tile tile, T* planes)
        {
            for (int k = 0; k < geometry.OutputsPerGroup; k++)
            {
                for (int i = 0; i < tile.Images; i++)
                {
                    new Span<T>(together, tile.Positions)
                        .CopyTo(new Span<T>(planes + ((nint)i * geometry.OutImageSize) + (k * geometry.Positions), tile.Positions));
                    together += tile.Positions;
                }
            }
        }
    }
}
