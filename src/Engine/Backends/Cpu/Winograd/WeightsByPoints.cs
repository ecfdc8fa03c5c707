using System.Numerics;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The sums of <see cref="WinogradBackwardWeights{T, TVector, TSimd, TMethod}"/> where channels are many: the threads transform a
/// block's inputs and gradients together; then each takes points, whose sums nobody else touches, and adds the block's
/// products to them.
/// </summary>
internal static unsafe class WeightsByPoints<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    // Transformed inputs and gradients of a block, in the second-level caches of two processors.
    private const int BlockBytes = 3 * 1024 * 1024;

    // Tiles of a block: a panel of three vectors so deep fits the first-level cache, and one too shallow would spend its
    // time on loading and storing sums.
    private const int FewestTiles = 64;
    private const int MostTiles = 192;

    // Parts in which a block is transformed.
    private const int Parts = 8;

    private static int Points => TMethod.Points * TMethod.Points;

    /// <summary>Computes the sums.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="g">The gradients of the outputs.</param>
    /// <param name="sums">The matrices dU of all points.</param>
    /// <param name="sumRow">From one row of dU to the next.</param>
    public static void Run(in Geometry geometry, T* x, T* g, T* sums, nint sumRow)
    {
        Tiles tiles = new(geometry, TMethod.Outputs);
        nint vRow = CacheLines.OddStride<T>(geometry.ChannelsPerGroup);
        nint dRow = CacheLines.OddStride<T>(geometry.OutputsPerGroup);
        int fitting = (int)(BlockBytes / (Points * (vRow + dRow) * sizeof(T)));
        Cut blocks = new(tiles.Count, Math.Clamp(fitting, FewestTiles, MostTiles));
        int largest = ((tiles.Count - 1) / blocks.Parts) + 1;
        Layout layout = new(vRow, vRow * largest, dRow, dRow * largest, sumRow);
        T* v = Scratch.Get<T>(ScratchUse.Weights, Points * (layout.VPoint + layout.DPoint)), d = v + (Points * layout.VPoint);
        for (int block = 0; block < blocks.Parts; block++)
        {
            int first = blocks.Start(block), count = blocks.Start(block + 1) - first;
            Cut parts = new(count, ((count - 1) / Parts) + 1);
            WorkerPool.Run(new TransformJob(geometry, tiles, layout, first, parts, x, g, v, d), parts.Parts);
            WorkerPool.Run(new ProductJob(geometry, layout, count, block > 0, v, d, sums), Points);
        }
    }

    // How far apart the rows and the points' matrices of V and D are, and the rows of dU.
    private readonly record struct Layout(nint VRow, nint VPoint, nint DRow, nint DPoint, nint URow);

    private readonly struct TransformJob(
        in Geometry geometry, in Tiles tiles, in Layout layout, int first, Cut parts, T* x, T* g, T* v, T* d) : IParallelJob
    {
        private readonly Geometry geometry = geometry;
        private readonly Tiles tiles = tiles;
        private readonly Layout layout = layout;

        public void Execute(int index)
        {
            int from = parts.Start(index), start = first + from, end = first + parts.Start(index + 1);
            T* room = Scratch.Get<T>(
                ScratchUse.Columns, Math.Max(InputTransform<T, TVector, TSimd, TMethod>.Room, GradientTransform<T, TVector, TSimd, TMethod>.Room));
            InputTransform<T, TVector, TSimd, TMethod>.Run(
                geometry, tiles, start, end, 0, geometry.ChannelsPerGroup, x, room, v + (from * layout.VRow), layout.VPoint, layout.VRow);
            GradientTransform<T, TVector, TSimd, TMethod>.Run(
                geometry, tiles, start, end, g, room, d + (from * layout.DRow), layout.DPoint, layout.DRow);
        }
    }

    private readonly struct ProductJob(in Geometry geometry, in Layout layout, int count, bool add, T* v, T* d, T* sums) : IParallelJob
    {
        private readonly Geometry geometry = geometry;
        private readonly Layout layout = layout;

        public void Execute(int index) => WinogradBackwardWeights<T, TVector, TSimd, TMethod>.Multiply(
            geometry, count, d + (index * layout.DPoint), layout.DRow, v + (index * layout.VPoint), layout.VRow,
            sums + (index * geometry.OutputsPerGroup * layout.URow), layout.URow, add);
    }
}
