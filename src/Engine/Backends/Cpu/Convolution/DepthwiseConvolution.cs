using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Kernels;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>Convolution of channels that do not mix, with a stride: groups of one input channel, each with an output channel or a few.</summary>
/// <remarks>
/// Nothing is shared here but the pixels of one plane: each number of x takes part in as few products as the window has
/// taps, and memory is what limits. So there is no matrix product to make of it. A plane is copied with its padding into
/// the first-level cache; then a row of places is four vectors of sums at a time, to which every tap adds the
/// image, shifted, times its weight.
/// </remarks>
internal static unsafe class DepthwiseConvolution
{
    // Vectors of a row that are summed at a time.
    private const int Vectors = 4;

    /// <summary>Whether the channels do not mix and the window moves by more than a pixel; by one, <see cref="ShiftConvolution"/> needs no stride.</summary>
    public static bool Suits(in Geometry geometry) => geometry.ChannelsPerGroup == 1 && geometry.Groups > 1 && geometry.Window.Stride.X > 1;

    /// <summary>y = f(w ∗ x + bias).</summary>
    public static void Forward<T>(in Geometry geometry, T* x, T* w, T* bias, Activation? activation, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int planes = geometry.Images * geometry.Groups;
        Partition partition = new(planes, (long)geometry.OutputsPerGroup * geometry.Positions * geometry.Taps);
        WorkerPool.Run(new Job<T>(geometry, partition, x, w, bias, activation, y), partition.Jobs);
    }

    private readonly struct Job<T>(in Geometry geometry, Partition partition, T* x, T* w, T* bias, Activation? activation, T* y) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Execute(int index)
        {
            Geometry padded = geometry.Padded;
            int pitch = padded.OutWidth, rows = padded.OutHeight;
            int* taps = ChannelLaneConvolution.TapOffsets(geometry, 1, 0, pitch);

            // The last vectors of the last row reach beyond the plane, by less than what they are wide.
            long beyond = (long)Vectors * Vector512<T>.Count * geometry.Window.Stride.X;
            T* plane = Scratch.Get<T>(ScratchUse.Columns, ((long)rows * pitch) + beyond);
            new Span<T>(plane + ((nint)rows * pitch), (int)beyond).Clear();
            (int from, int to) = partition[index];
            for (int at = from; at < to; at++)
            {
                int group = at % geometry.Groups;
                Columns.Gather(padded, x + ((nint)at * geometry.Plane), 1, 0, rows, plane, 0);
                for (int k = 0; k < geometry.OutputsPerGroup; k++)
                {
                    int output = (group * geometry.OutputsPerGroup) + k;
                    T* result = y + ((((nint)at * geometry.OutputsPerGroup) + k) * geometry.Positions);
                    Slide(plane, pitch, taps, w + ((nint)output * geometry.Taps), bias is null ? T.Zero : bias[output], result);
                    Epilogue.Activate(activation, result, geometry.Positions);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Slide(T* plane, int pitch, int* taps, T* weights, T start, T* result)
        {
            int count = geometry.Taps, width = geometry.OutWidth, stride = geometry.Window.Stride.X, lanes = Vector512<T>.Count;
            nint step = (nint)lanes * stride;
            for (int i = 0; i < geometry.OutHeight; i++)
            {
                T* row = plane + ((nint)i * geometry.Window.Stride.Y * pitch);
                for (int j = 0; j < width;)
                {
                    T* at = row + ((nint)j * stride);
                    Vector512<T> s0 = Vector512.Create(start);
                    if (width - j > lanes)
                    {
                        Vector512<T> s1 = s0, s2 = s0, s3 = s0;
                        for (int tap = 0; tap < count; tap++)
                        {
                            Vector512<T> weight = Vector512.Create(weights[tap]);
                            T* seen = at + taps[tap];
                            s0 += weight * PoolingColumns.Every(seen, stride);
                            s1 += weight * PoolingColumns.Every(seen + step, stride);
                            s2 += weight * PoolingColumns.Every(seen + (2 * step), stride);
                            s3 += weight * PoolingColumns.Every(seen + (3 * step), stride);
                        }

                        Lanes.Store(s0, result + j, width - j);
                        Lanes.Store(s1, result + j + lanes, Math.Max(0, width - j - lanes));
                        Lanes.Store(s2, result + j + (2 * lanes), Math.Max(0, width - j - (2 * lanes)));
                        Lanes.Store(s3, result + j + (3 * lanes), Math.Max(0, width - j - (3 * lanes)));
                        j += Vectors * lanes;
                    }
                    else
                    {
                        for (int tap = 0; tap < count; tap++)
                        {
                            s0 += Vector512.Create(weights[tap]) * PoolingColumns.Every(at + taps[tap], stride);
                        }

                        Lanes.Store(s0, result + j, width - j);
                        j += lanes;
                    }
                }

                result += width;
            }
        }
    }
}
