using System.Numerics;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>The convolution where there are many tiles: to the points, products, and back, a block of tiles at a time.</summary>
/// <remarks>
/// A job takes so few tiles that their matrices at all points, before and after the products, lie in the second-level cache
/// of its processor. The transformed weights are shared by all jobs.
/// </remarks>
internal static unsafe class WinogradByTiles<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    // Half of a 2 MB second-level cache.
    private const int BlockBytes = 1024 * 1024;

    // Rows below which the products make poor use of the weights they load.
    private const int FewTiles = 24;

    // Jobs enough to keep a small machine busy.
    private const int EnoughJobs = 8;

    private static int Points => TMethod.Points * TMethod.Points;

    /// <summary>y = w ∗ x + bias, and max(0, ·) of it.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="x">The batch.</param>
    /// <param name="u">The transformed weights.</param>
    /// <param name="bias">A number per output channel, or null.</param>
    /// <param name="rectify">Whether max(0, ·) follows.</param>
    /// <param name="y">The outputs.</param>
    public static void Run(in Geometry geometry, T* x, T* u, T* bias, bool rectify, T* y)
    {
        Tiles tiles = new(geometry, TMethod.Outputs);
        PointMatrices<T, TVector, TSimd> matrices = new(u, geometry.ChannelsPerGroup, geometry.OutputsPerGroup);
        int width = PointMatrices<T, TVector, TSimd>.Width(geometry.ChannelsPerGroup) + PointMatrices<T, TVector, TSimd>.Width(geometry.OutputsPerGroup);
        int most = Math.Max(FewTiles, BlockBytes / (Points * width * sizeof(T)));
        Cut blocks = new(tiles.Count, Math.Min(most, ((tiles.Count - 1) / EnoughJobs) + 1));
        WorkerPool.Run(new BlockJob(geometry, tiles, blocks, matrices, x, bias, rectify, y), blocks.Parts);
    }

    private readonly struct BlockJob(
        in Geometry geometry, in Tiles tiles, Cut blocks, in PointMatrices<T, TVector, TSimd> matrices, T* x, T* bias, bool rectify, T* y)
        : IParallelJob
    {
        private readonly Geometry geometry = geometry;
        private readonly Tiles tiles = tiles;
        private readonly PointMatrices<T, TVector, TSimd> matrices = matrices;

        public void Execute(int index)
        {
            int first = blocks.Start(index), end = blocks.Start(index + 1), count = end - first;
            nint vRow = PointMatrices<T, TVector, TSimd>.Width(geometry.ChannelsPerGroup), vPoint = CacheLines.OddStride<T>(count * vRow);
            nint sRow = PointMatrices<T, TVector, TSimd>.Width(geometry.OutputsPerGroup), sPoint = CacheLines.OddStride<T>(count * sRow);
            int room = Math.Max(InputTransform<T, TVector, TSimd, TMethod>.Room, OutputTransform<T, TVector, TSimd, TMethod>.Room);
            T* pixels = Scratch.Get<T>(ScratchUse.Columns, room + (Points * vPoint)), v = pixels + room;
            T* s = Scratch.Get<T>(ScratchUse.Planes, Points * sPoint);
            InputTransform<T, TVector, TSimd, TMethod>.Run(geometry, tiles, first, end, 0, geometry.ChannelsPerGroup, x, pixels, v, vPoint, vRow);
            matrices.Multiply(Points, 0, matrices.Panels, count, v, vPoint, vRow, s, sPoint, sRow);
            OutputTransform<T, TVector, TSimd, TMethod>.Run(
                geometry, tiles, first, end, 0, geometry.OutputsPerGroup, s, sPoint, sRow, pixels, bias, rectify, y);
        }
    }
}
