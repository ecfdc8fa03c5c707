using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The gradient of the outputs on its way to the points: D = A·g·Aᵀ for every tile and output channel, laid out as
/// <see cref="InputTransform{T, TVector, TSimd, TMethod}"/> lays out V.
/// </summary>
internal static unsafe class GradientTransform<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    /// <summary>Numbers of working memory that <see cref="Run"/> needs.</summary>
    public static int Room => (TMethod.Outputs + TMethod.Points) * Tiles.LongestRun * TMethod.Outputs * TSimd.Lanes;

    /// <summary>Transforms some tiles of all output channels.</summary>
    /// <param name="geometry">The sizes of the convolution.</param>
    /// <param name="tiles">Its tiles.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="end">The tile to stop before.</param>
    /// <param name="g">The gradients of the outputs.</param>
    /// <param name="room">Working memory.</param>
    /// <param name="d">D: tile t, channel k at point p goes to <c>d[p·point + (t − first)·tile + k]</c>.</param>
    /// <param name="point">From one matrix to the next.</param>
    /// <param name="tile">From one row to the next: at least the channels, rounded up to whole vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in Geometry geometry, in Tiles tiles, int first, int end, T* g, T* room, T* d, nint point, nint tile)
    {
        int channels = geometry.OutputsPerGroup;
        while (first < end)
        {
            Tiles.Run run = tiles.RunFrom(first, end);
            T* image = g + ((nint)run.Image * geometry.OutImageSize);
            for (int k = 0; k < channels; k += TSimd.Lanes)
            {
                Pixels<T, TVector, TSimd>.Gather(
                    image + ((nint)k * geometry.Positions), geometry.OutHeight, geometry.OutWidth, Math.Min(channels - k, TSimd.Lanes),
                    run.Row * TMethod.Outputs, run.FirstColumn * TMethod.Outputs, TMethod.Outputs, run.Count * TMethod.Outputs, room);
                Transform(run.Count, room, d + k, point, tile);
            }

            d += run.Count * tile;
            first += run.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform(int count, T* room, T* d, nint point, nint tile)
    {
        int width = count * TMethod.Outputs;
        nint row = width * TSimd.Lanes;
        T* columns = room + (TMethod.Outputs * row);
        for (int j = 0; j < width; j++)
        {
            TMethod.OutputGradient<T, TVector, TSimd>(room + (j * TSimd.Lanes), row, columns + (j * TSimd.Lanes), row);
        }

        for (int t = 0; t < count; t++)
        {
            T* pixels = columns + (t * TMethod.Outputs * TSimd.Lanes), values = d;
            for (int i = 0; i < TMethod.Points; i++)
            {
                TMethod.OutputGradient<T, TVector, TSimd>(pixels, TSimd.Lanes, values, point);
                pixels += row;
                values += TMethod.Points * point;
            }

            d += tile;
        }
    }
}
