using System.Numerics;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>The convolution, and the one that carries gradients back: which way for which sizes.</summary>
internal static unsafe class WinogradForward<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    // Transformed weights that stay in the second-level cache while blocks of tiles pass.
    private const long FewWeightBytes = 1024 * 1024;

    // Tiles beyond which weights are transformed once for all rather than anew for each block of tiles.
    private const int ManyTiles = 256;

    // Input channels whose weights one job transforms.
    private const int WeightChannels = 32;

    private static int Points => TMethod.Points * TMethod.Points;

    /// <summary>Transforms weights between so many channels.</summary>
    public static void Prepare(in WeightsView<T> w, int inputs, int outputs, T* u)
    {
        PointMatrices<T, TVector, TSimd> matrices = new(u, inputs, outputs);
        Cut blocks = new(inputs, WeightChannels);
        WorkerPool.Run(new PrepareJob(w, matrices, blocks), matrices.Panels * blocks.Parts);
    }

    /// <summary>y = w ∗ x + bias, and max(0, ·) of it.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="x">The batch.</param>
    /// <param name="w">The weights, not used where they have been prepared.</param>
    /// <param name="prepared">The weights from <see cref="Prepare"/>, or null.</param>
    /// <param name="bias">A number per output channel, or null.</param>
    /// <param name="rectify">Whether max(0, ·) follows.</param>
    /// <param name="y">The outputs.</param>
    public static void Run(in Geometry geometry, T* x, in WeightsView<T> w, T* prepared, T* bias, bool rectify, T* y)
    {
        int inputs = geometry.ChannelsPerGroup, outputs = geometry.OutputsPerGroup;
        long weights = Points * (long)inputs * PointMatrices<T, TVector, TSimd>.Width(outputs);
        if (weights * sizeof(T) > FewWeightBytes && new Tiles(geometry, TMethod.Outputs).Count <= ManyTiles)
        {
            WinogradByOutputs<T, TVector, TSimd, TMethod>.Run(geometry, x, w, prepared, bias, rectify, y);
            return;
        }

        if (prepared is null)
        {
            prepared = Scratch.Get<T>(ScratchUse.Weights, weights);
            Prepare(w, inputs, outputs, prepared);
        }

        WinogradByTiles<T, TVector, TSimd, TMethod>.Run(geometry, x, prepared, bias, rectify, y);
    }

    private readonly struct PrepareJob(in WeightsView<T> w, in PointMatrices<T, TVector, TSimd> matrices, Cut blocks) : IParallelJob
    {
        private readonly WeightsView<T> w = w;
        private readonly PointMatrices<T, TVector, TSimd> matrices = matrices;

        public void Execute(int index)
        {
            (int panel, int block) = Math.DivRem(index, blocks.Parts);
            matrices.Fill<TMethod>(w, panel, blocks.Start(block), blocks.Start(block + 1));
        }
    }
}
