using System.Numerics;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

internal static unsafe partial class ColumnConvolution
{
    /// <summary>dx = the adjoint of w ∗ x in x, applied to g.</summary>
    /// <remarks>
    /// A job owns some channels of one image of dx, so that no two add to the same pixel and the order of the
    /// additions is fixed. For each piece of g it makes the rows of ∂L/∂X̃ that belong to its channels, and adds them up.
    /// </remarks>
    public static void BackwardData<T>(in Geometry geometry, T* w, T* g, T* dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Few channels per job where one of them fills the cache already; with many images all of them.
        long planeBytes = (long)geometry.Taps * geometry.Positions * sizeof(T);
        int channels = (int)Math.Clamp(ColumnBytes / planeBytes, 1, geometry.ChannelsPerGroup);
        Cut blocks = new(geometry.ChannelsPerGroup, channels);
        WorkerPool.Run(new BackwardDataJob<T>(geometry, blocks, w, g, dx), geometry.Images * geometry.Groups * blocks.Parts);
    }

    private readonly struct BackwardDataJob<T>(in Geometry geometry, Cut blocks, T* w, T* g, T* dx) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Execute(int index)
        {
            int block = index % blocks.Parts, group = index / blocks.Parts % geometry.Groups, image = index / blocks.Parts / geometry.Groups;
            int channel = blocks.Start(block), channels = blocks.Start(block + 1) - channel;
            T* planes = dx + ((nint)image * geometry.ImageSize) + ((nint)((group * geometry.ChannelsPerGroup) + channel) * geometry.Plane);
            T* weights = w + ((nint)group * geometry.OutputsPerGroup * geometry.Depth) + ((nint)channel * geometry.Taps);
            T* gradient = g + ((nint)image * geometry.OutImageSize) + ((nint)group * geometry.OutputsPerGroup * geometry.Positions);
            if (geometry.IsPointwise)
            {
                Multiply(weights, channels, gradient, geometry.Positions, planes, geometry.Plane);
                return;
            }

            new Span<T>(planes, channels * geometry.Plane).Clear();
            Cut rows = new(geometry.OutHeight, (int)Math.Clamp(ColumnBytes / ((long)channels * geometry.Taps * sizeof(T) * geometry.OutWidth), 1, geometry.OutHeight));
            for (int part = 0; part < rows.Parts; part++)
            {
                int first = rows.Start(part), end = rows.Start(part + 1), positions = (end - first) * geometry.OutWidth;
                nint stride = CacheLines.OddStride<T>(positions);
                T* columns = Scratch.Get<T>(ScratchUse.Columns, channels * geometry.Taps * (long)stride);
                Multiply(weights, channels, gradient + (first * geometry.OutWidth), positions, columns, stride);
                Columns.Scatter(geometry, columns, stride, channels, first, end, planes);
            }
        }

        // Wᵀ·G for some channels and some places.
        private void Multiply(T* weights, int channels, T* gradient, int positions, T* result, nint stride) =>
            MatrixProduct.RunSerial(new Product<T>
            {
                M = channels * geometry.Taps,
                N = positions,
                K = geometry.OutputsPerGroup,
                A = weights,
                ARow = 1,
                AStep = geometry.Depth,
                B = gradient,
                BStep = geometry.Positions,
                BColumn = 1,
                Y = result,
                YRow = stride,
            });
    }
}
