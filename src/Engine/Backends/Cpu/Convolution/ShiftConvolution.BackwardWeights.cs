using System.Numerics;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

internal static unsafe partial class ShiftConvolution
{
    // Jobs enough to keep a small machine busy.
    private const int EnoughJobs = 8;

    // Bytes of x and g that are worked on at a time: they stay in the second-level cache while all taps pass by.
    private const int ChunkBytes = 512 * 1024;

    /// <summary>dw += the adjoint of w ∗ x in w, applied to g.</summary>
    /// <remarks>
    /// The gradient of a weight is the dot product of g and x shifted by its tap. g is spaced out as the padded image is, with
    /// zeros at the places that do not exist; then both run on without a break and a vector never has to stop at the
    /// end of a row. For few output channels: with many, they make better lanes (<see cref="ChannelLaneConvolution"/>).
    /// The batch is dealt to a fixed number of shares, each with sums of its own, which are added up in order at the end.
    /// </remarks>
    public static void AccumulateBackwardWeights<T>(in Geometry geometry, T* x, T* g, T* dw)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Cut shares = new(geometry.Images, ((geometry.Images - 1) / EnoughJobs) + 1);
        int weights = geometry.Groups * geometry.OutputsPerGroup * geometry.Depth;
        T* partial = shares.Parts == 1 ? null : Scratch.Get<T>(ScratchUse.PartialSums, (shares.Parts - 1) * (long)weights);
        Widest.Run<T, WeightsRoutine<T>>(new WeightsRoutine<T>(geometry, shares, x, g, dw, partial));
        PartialSums.AddUp(partial, shares.Parts - 1, weights, dw);
    }

    /// <summary>Whether dots are the way to the gradient in the weights, and few of the places are wasted.</summary>
    public static bool SuitsWeights<T>(in Geometry geometry)
        where T : unmanaged => geometry.Window.Stride == 1 && !geometry.IsPointwise
        && geometry.OutWidth >= Widest.Lanes<T>() / 2 && 2 * (geometry.Window.Extent.X - 1) <= geometry.OutWidth
        && geometry.Window.Extent.Y > geometry.Window.Before.Y && geometry.Window.Extent.X > geometry.Window.Before.X;

    private readonly struct WeightsRoutine<T>(in Geometry geometry, Cut shares, T* x, T* g, T* dw, T* partial) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector> =>
            WorkerPool.Run(new WeightsJob<T, TVector, TSimd>(geometry, shares, x, g, dw, partial), geometry.Groups * shares.Parts);
    }

    private readonly struct WeightsJob<T, TVector, TSimd>(in Geometry geometry, Cut shares, T* x, T* g, T* dw, T* partial) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;

        public void Execute(int index)
        {
            (int share, int group) = Math.DivRem(index, geometry.Groups);
            int groupWeights = geometry.OutputsPerGroup * geometry.Depth;
            T* sums = (share == 0 ? dw : partial + ((nint)(share - 1) * geometry.Groups * groupWeights)) + ((nint)group * groupWeights);
            if (share > 0)
            {
                new Span<T>(sums, groupWeights).Clear();
            }

            int plane = Plane(geometry, geometry.OutHeight), length = (geometry.OutHeight * geometry.Padded.OutWidth + TSimd.Lanes - 1) / TSimd.Lanes * TSimd.Lanes;
            long bytes = ((geometry.ChannelsPerGroup * (long)plane) + (geometry.OutputsPerGroup * (long)length)) * sizeof(T);
            Cut chunks = new(shares.Start(share + 1) - shares.Start(share), (int)Math.Clamp(ChunkBytes / bytes, 1, geometry.Images));
            for (int chunk = 0; chunk < chunks.Parts; chunk++)
            {
                int first = shares.Start(share) + chunks.Start(chunk);
                Accumulate(first, chunks.Start(chunk + 1) - chunks.Start(chunk), group, plane, length, sums);
            }
        }

        private void Accumulate(int firstImage, int images, int group, int plane, int length, T* sums)
        {
            int channels = geometry.ChannelsPerGroup, outputs = geometry.OutputsPerGroup;
            Geometry padded = geometry.Padded;
            int pitch = padded.OutWidth, gImage = outputs * length, xImage = channels * plane;

            // The last vectors of g, which are zeros, reach beyond the last plane of x: by less than two vectors.
            long numbers = ((long)images * xImage) + (2 * TSimd.Lanes);
            T* shifted = Scratch.Get<T>(ScratchUse.Columns, numbers);
            T* spaced = Scratch.Get<T>(ScratchUse.Planes, (long)images * gImage);
            for (int i = 0; i < images; i++)
            {
                T* image = x + ((nint)(firstImage + i) * geometry.ImageSize) + ((nint)group * channels * geometry.Plane);
                T* copy = shifted + ((nint)i * xImage);
                for (int c = 0; c < channels; c++)
                {
                    PaddedPlane<T, TVector, TSimd>.Copy(geometry, image + ((nint)c * geometry.Plane), 0, padded.OutHeight, copy + ((nint)c * plane));
                    new Span<T>(copy + (c * plane) + (padded.OutHeight * pitch), plane - (padded.OutHeight * pitch)).Clear();
                }

                T* gradients = g + ((nint)(firstImage + i) * geometry.OutImageSize) + ((nint)group * outputs * geometry.Positions);
                T* wide = spaced + ((nint)i * gImage);
                for (int k = 0; k < outputs; k++)
                {
                    SpacedRows<T, TVector, TSimd>.Spread(gradients + ((nint)k * geometry.Positions), geometry.OutWidth, geometry.OutHeight, wide, pitch);
                    new Span<T>(wide + (geometry.OutHeight * pitch), length - (geometry.OutHeight * pitch)).Clear();
                    wide += length;
                }
            }

            new Span<T>(shifted + ((nint)images * xImage), 2 * TSimd.Lanes).Clear();
            int* taps = Offsets(geometry, plane);
            Cut rows = new(outputs, DirectTile<T, TVector, TSimd>.Rows), columns = new(geometry.Depth, DirectTile<T, TVector, TSimd>.Vectors);
            for (int row = 0; row < rows.Parts; row++)
            {
                int k = rows.Start(row);
                for (int column = 0; column < columns.Parts; column++)
                {
                    int tap = columns.Start(column);
                    ShiftDotKernel<T, TVector, TSimd>.Run(
                        rows.Start(row + 1) - k, columns.Start(column + 1) - tap, images, length, spaced + ((nint)k * length), length, gImage,
                        shifted, taps + tap, xImage, sums + ((nint)k * geometry.Depth) + tap, geometry.Depth);
                }
            }
        }
    }
}
