using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The gradient of the weights: dw = Gᵀ[Σ (A·g·Aᵀ) ∘ (Bᵀ·x·B)]·G, the sum over all tiles of the batch: for each point a
/// matrix product dU = Dᵀ·V, as deep as there are tiles.
/// </summary>
/// <remarks>
/// The tiles go in blocks, and it is the sums that decide how. Those of few channels fit a second-level cache, so each
/// of a few shares of the batch has its own, and its blocks never leave the cache either
/// (<see cref="WeightsByTiles{T, TVector, TSimd, TMethod}"/>). Those of many channels exist once, some output channels at a time,
/// and the threads divide the points among them (<see cref="WeightsByPoints{T, TVector, TSimd, TMethod}"/>). In both the order
/// of each sum follows from the sizes.
/// </remarks>
internal static unsafe class WinogradBackwardWeights<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    // Sums that fit a second-level cache of 2 MB beside a block of tiles.
    private const long FewSumBytes = 1280 * 1024;

    private static int Points => TMethod.Points * TMethod.Points;

    /// <summary>dw = the adjoint of w ∗ x in w, applied to g, or that added to dw.</summary>
    public static void Run(in Geometry geometry, T* x, T* g, T* dw, bool accumulate)
    {
        int tiles = new Tiles(geometry, TMethod.Outputs).Count;
        nint sumRow = PointMatrices<T, TVector, TSimd>.Width(geometry.ChannelsPerGroup);
        long sumsLength = Points * geometry.OutputsPerGroup * (long)sumRow;
        int shares = sumsLength * sizeof(T) <= FewSumBytes ? WeightsByTiles<T, TVector, TSimd, TMethod>.Shares(tiles) : 1;
        if (shares > 1)
        {
            T* sums = Scratch.Get<T>(ScratchUse.PartialSums, shares * sumsLength);
            WeightsByTiles<T, TVector, TSimd, TMethod>.Run(geometry, shares, x, g, sums, sumRow);
            ToWeights(geometry, geometry.OutputsPerGroup, sums, sumRow, shares, dw, accumulate);
        }
        else
        {
            WeightsByPoints<T, TVector, TSimd, TMethod>.Run(geometry, x, g, sumRow, dw, accumulate);
        }
    }

    /// <summary>dw = Gᵀ·dU·G, or that added to dw, dU being the sums of some output channels.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="outputs">How many output channels.</param>
    /// <param name="sums">The matrices dU of all points of the first share, then of the next.</param>
    /// <param name="sumRow">From one row of dU to the next.</param>
    /// <param name="shares">How many shares.</param>
    /// <param name="dw">The gradients of these channels' weights.</param>
    /// <param name="accumulate">Whether to add to them.</param>
    public static void ToWeights(in Geometry geometry, int outputs, T* sums, nint sumRow, int shares, T* dw, bool accumulate) =>
        WorkerPool.Run(new WeightsJob(geometry, outputs * sumRow, sums, sumRow, shares, dw, accumulate), outputs);

    /// <summary>dU = Dᵀ·V, or dU += Dᵀ·V, for the tiles of a block at one point.</summary>
    /// <param name="outputs">Output channels, columns of D and rows of dU.</param>
    /// <param name="tiles">Tiles of the block, rows of D and V.</param>
    /// <param name="d">D.</param>
    /// <param name="dRow">From one row of D to the next.</param>
    /// <param name="v">V.</param>
    /// <param name="vRow">From one row of V to the next.</param>
    /// <param name="u">dU, one row per output channel.</param>
    /// <param name="uRow">From one row of dU to the next: the input channels, rounded up to whole vectors.</param>
    /// <param name="add">Whether to add to what dU holds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int outputs, int tiles, T* d, nint dRow, T* v, nint vRow, T* u, nint uRow, bool add)
    {
        Cut panels = new((int)uRow / TSimd.Lanes, TSimd.TileVectors), heights = new(outputs, TSimd.TileRows);
        for (int panel = 0; panel < panels.Parts; panel++)
        {
            int column = panels.Start(panel) * TSimd.Lanes, vectors = panels.Start(panel + 1) - panels.Start(panel);
            StridedRows<T> b = new(v + column, vRow);
            for (int tile = 0; tile < heights.Parts; tile++)
            {
                int row = heights.Start(tile), rows = heights.Start(tile + 1) - row;
                T* y = u + (row * uRow) + column;
                MicroKernel<T, TVector, TSimd>.Run(rows, vectors, tiles, d + row, 1, dRow, b, add ? y : null, uRow, y, uRow);
            }
        }
    }

    // One output channel's weights: the shares' sums added up in order, then back from the points.
    private readonly struct WeightsJob(in Geometry geometry, nint point, T* sums, nint sumRow, int shares, T* dw, bool accumulate) : IParallelJob
    {
        private readonly Geometry geometry = geometry;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            T* u = sums + (index * sumRow);
            for (int p = 0; p < Points && shares > 1; p++)
            {
                for (nint c = 0; c < sumRow; c += TSimd.Lanes)
                {
                    T* at = u + (p * point) + c;
                    TVector sum = TSimd.Load(at);
                    for (int share = 1; share < shares; share++)
                    {
                        sum = Vectors<T, TVector, TSimd>.Add(sum, TSimd.Load(at + (share * Points * point)));
                    }

                    TSimd.Store(sum, at);
                }
            }

            T* weights = dw + ((nint)index * geometry.Depth);
            if (!accumulate)
            {
                new Span<T>(weights, geometry.Depth).Clear();
            }

            WeightGradient<T, TVector, TSimd, TMethod>.Accumulate(u, point, geometry.ChannelsPerGroup, weights);
        }
    }
}
