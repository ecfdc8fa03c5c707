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
/// <remarks>
/// The sums of all points take four times the memory of the weights: 38 MB for 512 channels. But where channels are that many,
/// images are small and tiles few. Once all tiles fit into one block, the sums are made for a slab of output channels at a
/// time, and turned into weights while they are in a cache. More blocks would have to be transformed anew for every slab.
/// </remarks>
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

    // The sums of a slab, in the same caches.
    private const int SumBytes = 5 * 1024 * 1024;

    // Parts in which a block is transformed.
    private const int Parts = 8;

    private static int Points => TMethod.Points * TMethod.Points;

    /// <summary>dw = what the sums over all tiles give, or that added to dw.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="g">The gradients of the outputs.</param>
    /// <param name="sumRow">From one row of dU to the next.</param>
    /// <param name="dw">The gradients of the weights.</param>
    /// <param name="accumulate">Whether to add to them.</param>
    public static void Run(in Geometry geometry, T* x, T* g, nint sumRow, T* dw, bool accumulate)
    {
        Tiles tiles = new(geometry, TMethod.Outputs);
        nint vRow = CacheLines.OddStride<T>(geometry.ChannelsPerGroup);
        nint dRow = CacheLines.OddStride<T>(geometry.OutputsPerGroup);
        int fitting = (int)(BlockBytes / (Points * (vRow + dRow) * sizeof(T)));
        Cut blocks = new(tiles.Count, Math.Clamp(fitting, FewestTiles, MostTiles));
        int largest = ((tiles.Count - 1) / blocks.Parts) + 1;
        Layout layout = new(vRow, vRow * largest, dRow, dRow * largest, sumRow);
        T* v = Scratch.Get<T>(ScratchUse.Weights, Points * (layout.VPoint + layout.DPoint)), d = v + (Points * layout.VPoint);
        int fittingSums = blocks.Parts == 1 ? (int)Math.Max(1, SumBytes / (Points * sumRow * sizeof(T))) : geometry.OutputsPerGroup;
        Cut slabs = new(geometry.OutputsPerGroup, fittingSums);
        T* sums = Scratch.Get<T>(ScratchUse.PartialSums, Points * slabs.LargestPart * sumRow);
        for (int slab = 0; slab < slabs.Parts; slab++)
        {
            int firstOutput = slabs.Start(slab), outputs = slabs.Start(slab + 1) - firstOutput;
            for (int block = 0; block < blocks.Parts; block++)
            {
                int first = blocks.Start(block), count = blocks.Start(block + 1) - first;
                if (slab == 0)
                {
                    Cut parts = new(count, ((count - 1) / Parts) + 1);
                    WorkerPool.Run(new TransformJob(geometry, tiles, layout, first, parts, x, g, v, d), parts.Parts);
                }

                WorkerPool.Run(new ProductJob(layout, outputs, count, block > 0, v, d + firstOutput, sums), Points);
            }

            WinogradBackwardWeights<T, TVector, TSimd, TMethod>.ToWeights(
                geometry, outputs, sums, sumRow, shares: 1, dw + ((nint)firstOutput * geometry.Depth), accumulate);
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

    private readonly struct ProductJob(in Layout layout, int outputs, int count, bool add, T* v, T* d, T* sums) : IParallelJob
    {
        private readonly Layout layout = layout;

        public void Execute(int index) => WinogradBackwardWeights<T, TVector, TSimd, TMethod>.Multiply(
            outputs, count, d + (index * layout.DPoint), layout.DRow, v + (index * layout.VPoint), layout.VRow,
            sums + (index * outputs * layout.URow), layout.URow, add);
    }
}
