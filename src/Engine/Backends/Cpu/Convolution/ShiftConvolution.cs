using System.Numerics;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// Convolution of stride 1 without copying windows: each tap of the window sees the same padded image, shifted.
/// </summary>
/// <remarks>
/// <para>
/// Let P be the image with its padding, its rows one after the other in one piece, p numbers each. The output at
/// place (i, j) takes from tap (r, s) the number at (i + r·Dy)·p + j + s·Dx: the place i·p + j, plus an offset that is the
/// same for all places. So, with the places counted in rows of p rather than Wout, row (c, r, s) of the column matrix
/// X̃ (<see cref="ColumnConvolution"/>) is P itself from an offset on. Nothing is copied but the padding, and the taps share
/// what lies in the cache. The price is p − Wout places per row whose sums mean nothing and are thrown away.
/// </para>
/// <para>
/// The idea of reading through a table of places instead of copying: M. Dukhan, "The indirect convolution algorithm", 2019.
/// </para>
/// </remarks>
internal static unsafe partial class ShiftConvolution
{
    // What a job works on should fit the second-level cache beside the weights.
    private const int JobBytes = 768 * 1024;

    // Output channels of one job.
    private const int MostOutputs = 64;

    // Fewer places than this under so many weights: the columns of several images together make better use of the weights.
    private const int FewPositions = 256;
    private const int ManyWeights = 1 << 16;

    /// <summary>Whether the method applies and its wasted places are few.</summary>
    public static bool Suits(in Geometry geometry) =>
        geometry.Window.Stride == 1 && !geometry.IsPointwise
        && geometry.Window.Extent.Y > geometry.Window.Before.Y && geometry.Window.Extent.X > geometry.Window.Before.X
        && 2 * (geometry.Window.Extent.X - 1) <= geometry.OutWidth
        && (geometry.Positions >= FewPositions || geometry.Depth * geometry.OutputsPerGroup <= ManyWeights);

    /// <summary>y = f(w ∗ x + bias).</summary>
    public static void Forward<T>(in Geometry geometry, T* x, T* w, T* bias, Activation? activation, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ShiftTiles tiles = new(geometry, MostOutputs, JobBytes / sizeof(T));
        Widest.Run<T, ForwardRoutine<T>>(new ForwardRoutine<T>(geometry, tiles, x, w, bias, activation, y));
    }

    private readonly struct ForwardRoutine<T>(
        in Geometry geometry, in ShiftTiles tiles, T* x, T* w, T* bias, Activation? activation, T* y) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;
        private readonly ShiftTiles tiles = tiles;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            int* offsets = Offsets(geometry, tiles.Plane);
            WorkerPool.Run(new ForwardJob<T, TVector, TSimd>(geometry, tiles, offsets, x, w, bias, activation, y), tiles.Count);
        }
    }

    /// <summary>
    /// From one channel to the next in a padded image for so many rows of places: an odd number of cache lines, so that
    /// channels do not compete for the same places of the cache.
    /// </summary>
    public static int Plane(in Geometry geometry, int rows)
    {
        int numbers = (rows + geometry.Window.Extent.Y - 1) * geometry.Padded.OutWidth;
        return (((numbers / ShiftTiles.Slack) + 1) | 1) * ShiftTiles.Slack;
    }

    // For each row (c, r, s) of X̃ where it begins in the padded image, and room for one more.
    private static int* Offsets(in Geometry geometry, int plane)
    {
        int* offsets = Scratch.Get<int>(ScratchUse.Offsets, geometry.Depth + 1);
        Window window = geometry.Window;
        int width = geometry.Padded.OutWidth, at = 0;
        for (int c = 0; c < geometry.ChannelsPerGroup; c++)
        {
            for (int tap = 0; tap < geometry.Taps; tap++)
            {
                offsets[at++] = (c * plane) + (tap / window.Kernel.X * window.Dilation.Y * width) + (tap % window.Kernel.X * window.Dilation.X);
            }
        }

        return offsets;
    }

    private readonly struct ForwardJob<T, TVector, TSimd>(
        in Geometry geometry, in ShiftTiles tiles, int* offsets, T* x, T* w, T* bias, Activation? activation, T* y) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;
        private readonly ShiftTiles tiles = tiles;

        public void Execute(int index)
        {
            ShiftTiles.Tile tile = tiles[index];
            Geometry padded = geometry.Padded;
            int width = padded.OutWidth, rows = tile.EndRow - tile.FirstRow, outputs = tile.EndOutput - tile.FirstOutput;
            T* image = x + ((nint)tile.Image * geometry.ImageSize) + ((nint)tile.Group * geometry.ChannelsPerGroup * geometry.Plane);
            T* source = Scratch.Get<T>(ScratchUse.Columns, ((long)geometry.ChannelsPerGroup * tiles.Plane) + ShiftTiles.Slack);
            for (int c = 0; c < geometry.ChannelsPerGroup; c++)
            {
                PaddedPlane<T, TVector, TSimd>.Copy(
                    geometry, image + ((nint)c * geometry.Plane), tile.FirstRow, tile.EndRow + geometry.Window.Extent.Y - 1, source + ((nint)c * tiles.Plane));
            }

            int columns = ListedProduct<T, TVector, TSimd>.Rounded(((rows - 1) * width) + geometry.OutWidth);
            T* sums = Scratch.Get<T>(ScratchUse.Planes, (long)outputs * columns);
            int firstOutput = (tile.Group * geometry.OutputsPerGroup) + tile.FirstOutput;
            ListedProduct<T, TVector, TSimd>.Run(
                outputs, columns, geometry.Depth, w + ((nint)firstOutput * geometry.Depth), geometry.Depth, source, offsets, sums, columns);

            T* plane = y + ((nint)tile.Image * geometry.OutImageSize) + ((nint)firstOutput * geometry.Positions) + (tile.FirstRow * geometry.OutWidth);
            for (int k = 0; k < outputs; k++)
            {
                SpacedRows<T, TVector, TSimd>.Gather(sums, width, geometry.OutWidth, rows, bias is null ? T.Zero : bias[firstOutput + k], plane);
                Epilogue.Activate(activation, plane, rows * geometry.OutWidth);
                sums += columns;
                plane += geometry.Positions;
            }
        }
    }
}
