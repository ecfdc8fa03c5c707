using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The gradient of the weights: dw += Gᵀ[Σ (A·g·Aᵀ) ∘ (Bᵀ·x·B)]·G, the sum over all tiles of the batch: for each point a
/// matrix product Dᵀ·V, as deep as there are tiles.
/// </summary>
/// <remarks>
/// The tiles go in blocks. The threads transform a block's inputs and gradients together; then each takes points, whose sums
/// nobody else touches, and adds the block's products to them. So no sum is split between threads, and the order of each
/// is that of the tiles.
/// </remarks>
internal static unsafe class WinogradBackwardWeights<T, TVector, TSimd, TMethod>
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

    /// <summary>dw += the adjoint of w ∗ x in w, applied to g.</summary>
    public static void Accumulate(in Geometry geometry, T* x, T* g, T* dw)
    {
        Tiles tiles = new(geometry, TMethod.Outputs);
        nint vRow = OddLines(geometry.ChannelsPerGroup), dRow = OddLines(geometry.OutputsPerGroup);
        int fitting = (int)(BlockBytes / (Points * (vRow + dRow) * sizeof(T)));
        Cut blocks = new(tiles.Count, Math.Clamp(fitting, FewestTiles, MostTiles));
        int largest = ((tiles.Count - 1) / blocks.Parts) + 1;
        Layout layout = new(vRow, vRow * largest, dRow, dRow * largest, PointMatrices<T, TVector, TSimd>.Width(geometry.ChannelsPerGroup));

        T* v = Scratch.Get<T>(ScratchUse.Weights, Points * (layout.VPoint + layout.DPoint)), d = v + (Points * layout.VPoint);
        T* sums = Scratch.Get<T>(ScratchUse.PartialSums, Points * geometry.OutputsPerGroup * layout.URow);
        for (int block = 0; block < blocks.Parts; block++)
        {
            int first = blocks.Start(block), count = blocks.Start(block + 1) - first;
            Cut parts = new(count, ((count - 1) / Parts) + 1);
            WorkerPool.Run(new TransformJob(geometry, tiles, layout, first, parts, x, g, v, d), parts.Parts);
            WorkerPool.Run(new ProductJob(geometry, layout, count, block == 0, v, d, sums), Points);
        }

        WorkerPool.Run(new WeightsJob(geometry, layout, sums, dw), geometry.OutputsPerGroup);
    }

    // Rows an odd number of cache lines apart, so that they do not compete for the same places of the cache.
    private static nint OddLines(int count)
    {
        int lines = ((count * sizeof(T)) + 63) / 64;
        return (lines | 1) * 64 / sizeof(T);
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

    private readonly struct ProductJob(in Geometry geometry, in Layout layout, int count, bool isFirst, T* v, T* d, T* sums) : IParallelJob
    {
        private readonly Geometry geometry = geometry;
        private readonly Layout layout = layout;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            T* right = v + (index * layout.VPoint), left = d + (index * layout.DPoint);
            T* u = sums + (index * geometry.OutputsPerGroup * layout.URow);
            Cut panels = new((int)layout.URow / TSimd.Lanes, TSimd.TileVectors), heights = new(geometry.OutputsPerGroup, TSimd.TileRows);
            for (int panel = 0; panel < panels.Parts; panel++)
            {
                int column = panels.Start(panel) * TSimd.Lanes, vectors = panels.Start(panel + 1) - panels.Start(panel);
                StridedRows<T> b = new(right + column, layout.VRow);
                for (int tile = 0; tile < heights.Parts; tile++)
                {
                    int row = heights.Start(tile), rows = heights.Start(tile + 1) - row;
                    T* y = u + (row * layout.URow) + column;
                    MicroKernel<T, TVector, TSimd>.Run(
                        rows, vectors, count, left + row, 1, layout.DRow, b, isFirst ? null : y, layout.URow, y, layout.URow);
                }
            }
        }
    }

    private readonly struct WeightsJob(in Geometry geometry, in Layout layout, T* sums, T* dw) : IParallelJob
    {
        private readonly Geometry geometry = geometry;
        private readonly Layout layout = layout;

        public void Execute(int index) => WeightGradient<T, TVector, TSimd, TMethod>.Accumulate(
            sums + (index * layout.URow), geometry.OutputsPerGroup * layout.URow, geometry.ChannelsPerGroup,
            dw + ((nint)index * geometry.Depth));
    }
}
