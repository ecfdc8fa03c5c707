using System.Numerics;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The convolution where there are few tiles under many weights: the threads transform the tiles together, then each takes
/// output channels, for all tiles.
/// </summary>
/// <remarks>
/// Transformed, weights take 1.8 or 4 times the memory: those of 512×512 channels fit no cache, and every block of tiles would
/// read them all. Here each weight is read once. Where they have not been prepared, a job transforms those of some input
/// channels, uses them while they lie in the second-level cache, and forgets them: what passes through memory
/// is the nine taps.
/// </remarks>
internal static unsafe class WinogradByOutputs<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    // Tiles that are transformed at a time.
    private const int MostTiles = 128;

    // Input channels whose weights are transformed at a time, and input channels of a job that transforms tiles.
    private const int MostChannels = 128;
    private const int ChannelsPerJob = 64;

    // Jobs enough to keep a small machine busy.
    private const int EnoughJobs = 8;

    private static int Points => TMethod.Points * TMethod.Points;

    /// <summary>y = w ∗ x + bias, and max(0, ·) of it.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="x">The batch.</param>
    /// <param name="w">The weights, not used where they have been prepared.</param>
    /// <param name="prepared">The prepared weights, or null.</param>
    /// <param name="bias">A number per output channel, or null.</param>
    /// <param name="rectify">Whether max(0, ·) follows.</param>
    /// <param name="y">The outputs.</param>
    public static void Run(in Geometry geometry, T* x, in WeightsView<T> w, T* prepared, T* bias, bool rectify, T* y)
    {
        Tiles tiles = new(geometry, TMethod.Outputs);
        Cut blocks = new(tiles.Count, MostTiles);
        int largest = ((tiles.Count - 1) / blocks.Parts) + 1;
        nint vRow = CacheLines.OddStride<T>(geometry.ChannelsPerGroup), vPoint = vRow * largest;
        T* v = Scratch.Get<T>(ScratchUse.Weights, Points * vPoint);

        Cut channels = new(PointMatrices<T, TVector, TSimd>.Width(geometry.ChannelsPerGroup) / TSimd.Lanes, ChannelsPerJob / TSimd.Lanes);
        PointMatrices<T, TVector, TSimd> matrices = new(prepared, geometry.ChannelsPerGroup, geometry.OutputsPerGroup);
        Cut panels = new(matrices.Panels, Math.Max(1, matrices.Panels / EnoughJobs));
        for (int block = 0; block < blocks.Parts; block++)
        {
            int first = blocks.Start(block), count = blocks.Start(block + 1) - first;
            Cut parts = new(count, Math.Max(1, count * channels.Parts / EnoughJobs));
            WorkerPool.Run(new InputJob(geometry, tiles, first, parts, channels, x, v, vPoint, vRow), parts.Parts * channels.Parts);
            WorkerPool.Run(
                new OutputJob(geometry, tiles, first, count, matrices, panels, w, prepared is null, v, vPoint, vRow, bias, rectify, y), panels.Parts);
        }
    }

    private readonly struct InputJob(
        in Geometry geometry, in Tiles tiles, int first, Cut parts, Cut channels, T* x, T* v, nint vPoint, nint vRow) : IParallelJob
    {
        private readonly Geometry geometry = geometry;
        private readonly Tiles tiles = tiles;

        public void Execute(int index)
        {
            (int part, int piece) = Math.DivRem(index, channels.Parts);
            int from = parts.Start(part), end = parts.Start(part + 1);
            T* room = Scratch.Get<T>(ScratchUse.Columns, InputTransform<T, TVector, TSimd, TMethod>.Room);
            InputTransform<T, TVector, TSimd, TMethod>.Run(
                geometry, tiles, first + from, first + end, channels.Start(piece) * TSimd.Lanes,
                Math.Min(geometry.ChannelsPerGroup, channels.Start(piece + 1) * TSimd.Lanes), x, room, v + (from * vRow), vPoint, vRow);
        }
    }

    private readonly struct OutputJob(
        in Geometry geometry, in Tiles tiles, int first, int count, in PointMatrices<T, TVector, TSimd> matrices, Cut panels,
        in WeightsView<T> w, bool transform, T* v, nint vPoint, nint vRow, T* bias, bool rectify, T* y) : IParallelJob
    {
        private readonly Geometry geometry = geometry;
        private readonly Tiles tiles = tiles;
        private readonly PointMatrices<T, TVector, TSimd> matrices = matrices;
        private readonly WeightsView<T> w = w;

        public void Execute(int index)
        {
            int panel = panels.Start(index), endPanel = panels.Start(index + 1);
            int output = matrices.Start(panel), endOutput = matrices.Start(endPanel);
            nint sRow = PointMatrices<T, TVector, TSimd>.Width(endOutput - output), sPoint = CacheLines.OddStride<T>(count * sRow);
            int room = OutputTransform<T, TVector, TSimd, TMethod>.Room;
            T* pixels = Scratch.Get<T>(ScratchUse.Planes, room + (Points * sPoint)), s = pixels + room;
            if (transform)
            {
                TransformAndMultiply(output, endOutput, s, sPoint, sRow);
            }
            else
            {
                matrices.Multiply(Points, panel, endPanel, count, v, vPoint, vRow, s, sPoint, sRow);
            }

            OutputTransform<T, TVector, TSimd, TMethod>.Run(
                geometry, tiles, first, first + count, output, endOutput, s, sPoint, sRow, pixels, bias, rectify, y);
        }

        private void TransformAndMultiply(int output, int endOutput, T* s, nint sPoint, nint sRow)
        {
            Cut channels = new(geometry.ChannelsPerGroup, MostChannels);
            long largest = (Math.Min(MostChannels, geometry.ChannelsPerGroup) * sRow) + PointMatrices<T, TVector, TSimd>.Gap;
            T* u = Scratch.Get<T>(ScratchUse.Columns, Points * largest);
            for (int block = 0; block < channels.Parts; block++)
            {
                int channel = channels.Start(block), inputs = channels.Start(block + 1) - channel;
                PointMatrices<T, TVector, TSimd> local = new(u, inputs, endOutput - output, apart: true);
                for (int panel = 0; panel < local.Panels; panel++)
                {
                    local.Fill<TMethod>(w.From(output, channel), panel, 0, inputs);
                }

                local.Multiply(Points, 0, local.Panels, count, v + channel, vPoint, vRow, s, sPoint, sRow, add: block > 0);
            }
        }
    }
}
