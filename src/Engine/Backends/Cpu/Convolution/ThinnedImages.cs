using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>The pixels that a window of one pixel visits on its way in larger steps, side by side: for what follows, the step is one.</summary>
internal static unsafe class ThinnedImages
{
    // Channels of a job.
    private const int ChannelsPerJob = 8;

    /// <summary>Copies them, in memory that is valid until the thread asks for columns again.</summary>
    /// <param name="geometry">The sizes; the window is one pixel, without padding.</param>
    /// <param name="x">The batch.</param>
    public static T* Of<T>(in Geometry geometry, T* x)
        where T : unmanaged
    {
        int channels = geometry.Images * geometry.Groups * geometry.ChannelsPerGroup;
        T* thinned = Scratch.Get<T>(ScratchUse.Columns, (long)channels * geometry.Positions);
        WorkerPool.Run(new Job<T>(geometry, channels, x, thinned), (channels + ChannelsPerJob - 1) / ChannelsPerJob);
        return thinned;
    }

    private readonly struct Job<T>(in Geometry geometry, int channels, T* x, T* thinned) : IParallelJob
        where T : unmanaged
    {
        private readonly Geometry geometry = geometry;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            int first = index * ChannelsPerJob, end = Math.Min(channels, first + ChannelsPerJob);
            T* to = thinned + ((nint)first * geometry.Positions);
            for (int channel = first; channel < end; channel++)
            {
                T* row = x + ((nint)channel * geometry.Plane);
                for (int i = 0; i < geometry.OutHeight; i++)
                {
                    Copy(row, geometry.Window.Stride.X, geometry.OutWidth, to);
                    row += geometry.Window.Stride.Y * geometry.Width;
                    to += geometry.OutWidth;
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Copy(T* row, int stride, int count, T* to)
        {
            int j = 0;
            if (stride == 2 && sizeof(T) == sizeof(float) && Zip.IsSupported)
            {
                // Eight numbers are read for four; the last of them may lie beyond the row, so the loop below does the end.
                for (; j < count - 4; j += 4)
                {
                    Vector128<float> a = Vector128.Load((float*)row + (2 * j)), b = Vector128.Load((float*)row + (2 * j) + 4);
                    Zip.Low(Zip.Low(a, b), Zip.High(a, b)).Store((float*)to + j);
                }
            }

            for (; j < count; j++)
            {
                to[j] = row[j * stride];
            }
        }
    }
}
