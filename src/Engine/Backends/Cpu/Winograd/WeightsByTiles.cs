using System.Numerics;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The sums of <see cref="WinogradBackwardWeights{T, TVector, TSimd, TMethod}"/> where channels are few: a job is a share of the
/// tiles with sums of its own, and does everything itself, in its processor's second-level cache.
/// </summary>
internal static unsafe class WeightsByTiles<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    // Transformed inputs and gradients of a block, beside the sums.
    private const int BlockBytes = 640 * 1024;

    // The tiles that a share should have, lest adding up its sums take as long as making them; and the most shares.
    private const int EnoughTiles = 48;
    private const int MostShares = 8;

    private static int Points => TMethod.Points * TMethod.Points;

    /// <summary>Into how many shares so many tiles are divided.</summary>
    public static int Shares(int tiles) => Math.Clamp(tiles / EnoughTiles, 1, MostShares);

    /// <summary>Computes the sums of each share.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="shares">How many shares.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="g">The gradients of the outputs.</param>
    /// <param name="sums">The matrices dU of all points of the first share, then of the next.</param>
    /// <param name="sumRow">From one row of dU to the next.</param>
    public static void Run(in Geometry geometry, int shares, T* x, T* g, T* sums, nint sumRow)
    {
        Tiles tiles = new(geometry, TMethod.Outputs);
        WorkerPool.Run(new ShareJob(geometry, tiles, new Cut(tiles.Count, ((tiles.Count - 1) / shares) + 1), x, g, sums, sumRow), shares);
    }

    private readonly struct ShareJob(in Geometry geometry, in Tiles tiles, Cut shares, T* x, T* g, T* sums, nint sumRow) : IParallelJob
    {
        private readonly Geometry geometry = geometry;
        private readonly Tiles tiles = tiles;

        public void Execute(int index)
        {
            nint vRow = CacheLines.OddStride<T>(geometry.ChannelsPerGroup);
            nint dRow = CacheLines.OddStride<T>(geometry.OutputsPerGroup);
            int from = shares.Start(index), to = shares.Start(index + 1), most = (int)Math.Max(1, BlockBytes / (Points * (vRow + dRow) * sizeof(T)));
            Cut blocks = new(to - from, most);
            nint largest = Math.Min(most, to - from);
            nint vPoint = CacheLines.OddStride<T>(largest * vRow);
            nint dPoint = CacheLines.OddStride<T>(largest * dRow);
            int room = Math.Max(InputTransform<T, TVector, TSimd, TMethod>.Room, GradientTransform<T, TVector, TSimd, TMethod>.Room);
            T* pixels = Scratch.Get<T>(ScratchUse.Columns, room + (Points * (vPoint + dPoint)));
            T* v = pixels + room, d = v + (Points * vPoint);
            T* own = sums + (index * Points * geometry.OutputsPerGroup * sumRow);
            for (int block = 0; block < blocks.Parts; block++)
            {
                int first = from + blocks.Start(block), end = from + blocks.Start(block + 1);
                InputTransform<T, TVector, TSimd, TMethod>.Run(
                    geometry, tiles, first, end, 0, geometry.ChannelsPerGroup, x, pixels, v, vPoint, vRow);
                GradientTransform<T, TVector, TSimd, TMethod>.Run(geometry, tiles, first, end, g, pixels, d, dPoint, dRow);
                for (int point = 0; point < Points; point++)
                {
                    WinogradBackwardWeights<T, TVector, TSimd, TMethod>.Multiply(
                        geometry.OutputsPerGroup, end - first, d + (point * dPoint), dRow, v + (point * vPoint), vRow,
                        own + (point * geometry.OutputsPerGroup * sumRow), sumRow, add: block > 0);
                }
            }
        }
    }
}
