using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The way back from the points: Y = Aᵀ·S·A + bias for every tile and output channel, S being for each point a matrix with one
/// row per tile and one column per output channel; and the activation on top, before y is written once.
/// </summary>
internal static unsafe class OutputTransform<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    /// <summary>Numbers of working memory that <see cref="Run"/> needs.</summary>
    public static int Room => (TMethod.Points * TMethod.Outputs * ((TMethod.Outputs * Tiles.LongestRun) + 1)) * TSimd.Lanes;

    /// <summary>Transforms some tiles of some output channels.</summary>
    /// <param name="geometry">The sizes of the convolution.</param>
    /// <param name="tiles">Its tiles.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="end">The tile to stop before.</param>
    /// <param name="firstOutput">The first output channel, at a whole vector.</param>
    /// <param name="endOutput">The output channel to stop before.</param>
    /// <param name="s">S: tile t, output channel k at point p lies at <c>s[p·point + (t − first)·tile + k − firstOutput]</c>.</param>
    /// <param name="point">From one matrix to the next.</param>
    /// <param name="tile">From one row to the next.</param>
    /// <param name="room">Working memory.</param>
    /// <param name="bias">A number per output channel, or null.</param>
    /// <param name="rectify">Whether max(0, ·) follows.</param>
    /// <param name="y">The batch of outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Run(
        in Geometry geometry, in Tiles tiles, int first, int end, int firstOutput, int endOutput,
        T* s, nint point, nint tile, T* room, T* bias, bool rectify, T* y)
    {
        T* biases = stackalloc T[TSimd.Lanes];
        while (first < end)
        {
            Tiles.Run run = tiles.RunFrom(first, end);
            T* image = y + ((nint)run.Image * geometry.OutImageSize);
            for (int k = firstOutput; k < endOutput; k += TSimd.Lanes)
            {
                int channels = Math.Min(endOutput - k, TSimd.Lanes);
                for (int lane = 0; lane < TSimd.Lanes; lane++)
                {
                    biases[lane] = bias is not null && lane < channels ? bias[k + lane] : T.Zero;
                }

                Transform(run.Count, s + (k - firstOutput), point, tile, room);
                Scatter(geometry, run, room, TSimd.Load(biases), rectify, image + ((nint)k * geometry.Positions), channels);
            }

            s += run.Count * tile;
            first += run.Count;
        }
    }

    // Along columns into a tile of m×(m + 2) vectors, then along rows into a strip of m rows of pixels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform(int count, T* s, nint point, nint tile, T* room)
    {
        nint row = count * TMethod.Outputs * TSimd.Lanes, half = TMethod.Points * TSimd.Lanes;
        T* halves = room + (TMethod.Outputs * row);
        for (int t = 0; t < count; t++)
        {
            for (int j = 0; j < TMethod.Points; j++)
            {
                TMethod.Output<T, TVector, TSimd>(s + (j * point), TMethod.Points * point, halves + (j * TSimd.Lanes), half);
            }

            for (int i = 0; i < TMethod.Outputs; i++)
            {
                TMethod.Output<T, TVector, TSimd>(halves + (i * half), TSimd.Lanes, room + (i * row), TSimd.Lanes);
            }

            s += tile;
            room += TMethod.Outputs * TSimd.Lanes;
        }
    }

    // As much of the strip as lies inside the image.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scatter(in Geometry geometry, in Tiles.Run run, T* room, TVector bias, bool rectify, T* image, int channels)
    {
        int row = run.Row * TMethod.Outputs, column = run.FirstColumn * TMethod.Outputs;
        int rows = Math.Min(TMethod.Outputs, geometry.OutHeight - row), pixels = Math.Min(run.Count * TMethod.Outputs, geometry.OutWidth - column);
        for (int i = 0; i < rows; i++)
        {
            PixelLanes<T, TVector, TSimd>.Scatter(
                room, bias, rectify, image + ((nint)(row + i) * geometry.OutWidth) + column, geometry.Positions, channels, pixels);
            room += run.Count * TMethod.Outputs * TSimd.Lanes;
        }
    }
}
