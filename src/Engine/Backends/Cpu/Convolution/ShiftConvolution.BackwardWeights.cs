using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

internal static unsafe partial class ShiftConvolution
{
    // Jobs enough to keep a small machine busy.
    private const int EnoughJobs = 8;

    // Bytes of x and g that are worked on at a time while all taps pass by: in the first-level cache if the sums allow it, in any
    // case in the second.
    private const int LeastChunkBytes = 28 * 1024;
    private const int MostChunkBytes = 512 * 1024;

    /// <summary>dw = the adjoint of w ∗ x in w, applied to g, or that added to dw; db += Σ g.</summary>
    /// <remarks>
    /// The gradient of a weight is the dot product of g and x shifted by its tap. g is spaced out as the padded image is, with
    /// zeros at the places that do not exist; then both run on without a break and a vector never has to stop at the
    /// end of a row. The gradient of the bias is one more such product, with a tap that sees nothing but ones. Until the
    /// batch is through, each sum is a vector, to be added up across once. For few output channels: with many, they
    /// make better lanes (<see cref="ChannelLaneConvolution"/>).
    /// The batch is dealt to a fixed number of shares, each with sums of its own, which are added up in order at the end.
    /// </remarks>
    /// <param name="geometry">The sizes.</param>
    /// <param name="x">The images.</param>
    /// <param name="g">∂L/∂y.</param>
    /// <param name="dw">∂L/∂w.</param>
    /// <param name="accumulate">Whether to add to what dw holds.</param>
    /// <param name="db">∂L/∂b, added to; null where it is not wanted.</param>
    public static void BackwardWeights<T>(in Geometry geometry, T* x, T* g, T* dw, bool accumulate, T* db)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Cut shares = new(geometry.Images, ((geometry.Images - 1) / EnoughJobs) + 1);
        int biases = geometry.Groups * geometry.OutputsPerGroup, weights = biases * geometry.Depth, step = weights + biases;
        T* partial = shares.Parts == 1 ? null : Scratch.Get<T>(ScratchUse.PartialSums, (shares.Parts - 1) * (long)step);
        Widest.Run<T, WeightsRoutine<T>>(new WeightsRoutine<T>(geometry, shares, x, g, dw, accumulate, db, partial));
        PartialSums.AddUp(partial, shares.Parts - 1, step, weights, dw);
        if (db is not null)
        {
            PartialSums.AddUp(partial + weights, shares.Parts - 1, step, biases, db);
        }
    }

    /// <summary>Whether dots are the way to the gradient in the weights, and few of the places are wasted.</summary>
    public static bool SuitsWeights<T>(in Geometry geometry)
        where T : unmanaged => geometry.Window.Stride == 1 && !geometry.IsPointwise
        && geometry.OutWidth >= Widest.Lanes<T>() / 2 && 2 * (geometry.Window.Extent.X - 1) <= geometry.OutWidth
        && geometry.Window.Extent.Y > geometry.Window.Before.Y && geometry.Window.Extent.X > geometry.Window.Before.X;

    private readonly struct WeightsRoutine<T>(in Geometry geometry, Cut shares, T* x, T* g, T* dw, bool accumulate, T* db, T* partial) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector> => WorkerPool.Run(
                new WeightsJob<T, TVector, TSimd>(geometry, shares, x, g, dw, accumulate, db, partial), geometry.Groups * shares.Parts);
    }

    private readonly struct WeightsJob<T, TVector, TSimd>(
        in Geometry geometry, Cut shares, T* x, T* g, T* dw, bool accumulate, T* db, T* partial) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;

        // The taps of all input channels, and the one that sees ones.
        private int Columns => geometry.Depth + (db is null ? 0 : 1);

        public void Execute(int index)
        {
            (int share, int group) = Math.DivRem(index, geometry.Groups);
            int plane = Plane(geometry, geometry.OutHeight), length = (geometry.OutHeight * geometry.Padded.OutWidth + TSimd.Lanes - 1) / TSimd.Lanes * TSimd.Lanes;
            int sumLength = geometry.OutputsPerGroup * Columns * TSimd.Lanes;
            T* sums = Scratch.Get<T>(ScratchUse.Weights, sumLength);
            new Span<T>(sums, sumLength).Clear();

            // Sums come and go once per chunk: a chunk should have more bytes than they do.
            long bytes = ((geometry.ChannelsPerGroup * (long)plane) + (geometry.OutputsPerGroup * (long)length)) * sizeof(T);
            long chunkBytes = Math.Clamp(4L * sumLength * sizeof(T), LeastChunkBytes, MostChunkBytes);
            Cut chunks = new(shares.Start(share + 1) - shares.Start(share), (int)Math.Clamp(chunkBytes / bytes, 1, geometry.Images));
            for (int chunk = 0; chunk < chunks.Parts; chunk++)
            {
                int first = shares.Start(share) + chunks.Start(chunk);
                Accumulate(first, chunks.Start(chunk + 1) - chunks.Start(chunk), group, plane, length, sums);
            }

            Finish(share, group, sums);
        }

        private void Accumulate(int firstImage, int images, int group, int plane, int length, T* sums)
        {
            int channels = geometry.ChannelsPerGroup, outputs = geometry.OutputsPerGroup;
            Geometry padded = geometry.Padded;
            int pitch = padded.OutWidth, gImage = outputs * length, xImage = (channels * plane) + (db is null ? 0 : length);

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

                new Span<T>(copy + (channels * plane), xImage - (channels * plane)).Fill(T.One);
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
            taps[geometry.Depth] = channels * plane;
            Cut rows = new(outputs, DirectTile<T, TVector, TSimd>.Rows), columns = new(Columns, DirectTile<T, TVector, TSimd>.Vectors);
            for (int row = 0; row < rows.Parts; row++)
            {
                int k = rows.Start(row);
                for (int column = 0; column < columns.Parts; column++)
                {
                    int tap = columns.Start(column);
                    ShiftDotKernel<T, TVector, TSimd>.Run(
                        rows.Start(row + 1) - k, columns.Start(column + 1) - tap, images, length, spaced + ((nint)k * length), length, gImage,
                        shifted, taps + tap, xImage, sums + (((nint)(k * Columns) + tap) * TSimd.Lanes), Columns * TSimd.Lanes);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Finish(int share, int group, T* sums)
        {
            int outputs = geometry.OutputsPerGroup, depth = geometry.Depth, biases = geometry.Groups * outputs;
            T* others = partial + ((nint)(share - 1) * biases * (depth + 1));
            T* weights = (share == 0 ? dw : others) + ((nint)group * outputs * depth);
            T* ofBias = (share == 0 ? db : others + ((nint)biases * depth)) + (group * outputs);
            bool add = share == 0 && accumulate;
            for (int k = 0; k < outputs; k++)
            {
                for (int tap = 0; tap < depth; tap++)
                {
                    T sum = TSimd.Sum(TSimd.Load(sums));
                    *weights = add ? *weights + sum : sum;
                    weights++;
                    sums += TSimd.Lanes;
                }

                if (db is not null)
                {
                    T sum = TSimd.Sum(TSimd.Load(sums));
                    ofBias[k] = share == 0 ? ofBias[k] + sum : sum;
                    sums += TSimd.Lanes;
                }
            }
        }
    }
}
