using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// A batch with its padding, dealt out by what the stride's steps see: rows and columns 0, s, 2s, … are one picture, 1, s + 1, 2s + 1, …
/// the next, and so on.
/// </summary>
/// <remarks>
/// In these pictures every tap of the window moves by whole pixels: what tap (r, c) sees at place (i, j) lies in picture (r mod s, c mod s) at
/// (i + ⌊r/s⌋, j + ⌊c/s⌋). So what a tap sees at neighbouring places are neighbours in memory, as for stride 1, and can be copied a
/// vector at a time.
/// </remarks>
internal readonly unsafe struct StridedPhases<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Channels of a job that copies.
    private const int ChannelsPerJob = 8;

    private readonly int phase;
    private readonly Window window;

    /// <summary>Makes the pictures of all channels.</summary>
    /// <param name="geometry">The sizes; not dilated.</param>
    /// <param name="x">The batch.</param>
    public StridedPhases(in Geometry geometry, T* x)
    {
        window = geometry.Window;
        Size2D phases = Phases(window);
        Pitch = geometry.OutWidth + ((window.Kernel.X - 1) / window.Stride.X);
        int rows = geometry.OutHeight + ((window.Kernel.Y - 1) / window.Stride.Y);
        phase = rows * Pitch;
        Plane = (int)CacheLines.OddStride<T>(phases.Y * phases.X * phase);
        Image = geometry.ChannelsPerGroup * Plane;
        X = Scratch.Get<T>(ScratchUse.Columns, (geometry.Images * (long)Image) + Vector512<T>.Count);
        int channels = geometry.Images * geometry.ChannelsPerGroup;
        WorkerPool.Run(new Job(geometry, x, X, Plane, phase, Pitch), (channels + ChannelsPerJob - 1) / ChannelsPerJob);
    }

    /// <summary>The first picture of the first channel.</summary>
    public T* X { get; }

    /// <summary>From one row to the next.</summary>
    public int Pitch { get; }

    /// <summary>From one channel to the next.</summary>
    public int Plane { get; }

    /// <summary>From one image to the next.</summary>
    public int Image { get; }

    /// <summary>What a tap sees at the first place, counted from the first number of the channel.</summary>
    public int Offset(int tap)
    {
        (int row, int column) = Math.DivRem(tap, window.Kernel.X);
        (int down, int phaseY) = Math.DivRem(row, window.Stride.Y);
        (int right, int phaseX) = Math.DivRem(column, window.Stride.X);
        return (((phaseY * Phases(window).X) + phaseX) * phase) + (down * Pitch) + right;
    }

    // A window smaller than its stride does not see all.
    private static Size2D Phases(in Window window) => (Math.Min(window.Stride.Y, window.Kernel.Y), Math.Min(window.Stride.X, window.Kernel.X));

    private readonly struct Job(in Geometry geometry, T* x, T* destination, int plane, int phase, int pitch) : IParallelJob
    {
        private readonly Geometry geometry = geometry;

        public void Execute(int index)
        {
            Window window = geometry.Window;
            Size2D phases = Phases(window);
            int end = Math.Min(geometry.Images * geometry.ChannelsPerGroup, (index + 1) * ChannelsPerJob);
            for (int channel = index * ChannelsPerJob; channel < end; channel++)
            {
                T* source = x + ((nint)channel * geometry.Plane), to = destination + ((nint)channel * plane);
                for (int y = 0; y < phases.Y; y++)
                {
                    for (int right = 0; right < phases.X; right++)
                    {
                        CopyPhase(source, y, right, to);
                        to += phase;
                    }
                }
            }
        }

        // One of the pictures: row i of it is row i·s + down, column j is column j·s + right.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void CopyPhase(T* source, int down, int right, T* to)
        {
            // Columns before first lie left of the image, those from end on right of it.
            int stride = geometry.Window.Stride.X, ahead = geometry.Window.Before.X - right;
            int first = Math.Clamp((ahead + stride - 1) / stride, 0, pitch), end = Math.Clamp((geometry.Width - 1 + ahead + stride) / stride, first, pitch);
            for (int i = 0; i < phase / pitch; i++)
            {
                int y = Border.Find((i * geometry.Window.Stride.Y) + down - geometry.Window.Before.Y, geometry.Height, geometry.Window.Mode);
                if (y < 0)
                {
                    new Span<T>(to, pitch).Clear();
                }
                else
                {
                    T* row = source + ((nint)y * geometry.Width);
                    Thin(row + ((first * stride) - ahead), stride, end - first, to + first);
                    for (int j = 0; j < first; j++)
                    {
                        to[j] = Beyond(row, (j * stride) - ahead);
                    }

                    for (int j = end; j < pitch; j++)
                    {
                        to[j] = Beyond(row, (j * stride) - ahead);
                    }
                }

                to += pitch;
            }
        }

        // Every stride-th number.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Thin(T* source, int stride, int count, T* to)
        {
            int j = 0;
            if (stride == 1)
            {
                new Span<T>(source, count).CopyTo(new Span<T>(to, count));
                return;
            }

            if (stride == 2 && sizeof(T) == sizeof(float) && Zip.IsSupported)
            {
                // What is read of the last four is not all theirs: they are left to the loop below.
                for (; j < count - 4; j += 4)
                {
                    Vector128<float> a = Vector128.Load((float*)source + (2 * j)), b = Vector128.Load((float*)source + (2 * j) + 4);
                    Zip.Low(Zip.Low(a, b), Zip.High(a, b)).Store((float*)to + j);
                }
            }

            for (; j < count; j++)
            {
                to[j] = source[j * stride];
            }
        }

        private T Beyond(T* row, int column)
        {
            int at = Border.Find(column, geometry.Width, geometry.Window.Mode);
            return at < 0 ? T.Zero : row[at];
        }
    }
}
