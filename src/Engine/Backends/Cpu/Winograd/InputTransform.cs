using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// An image's way to the points: V = Bᵀ·x·B for every tile and channel, for each point a matrix with one row per tile and
/// one column per channel.
/// </summary>
/// <remarks>
/// A vector holds the same pixel of 16 channels (as many as it has lanes), so every step of the transform is one
/// instruction for 16 channels, and what it writes is 16 neighbours of a row. A run of tiles is copied from the image with
/// zeros where it sticks out, then transformed along columns, each column once though two tiles share it, then along
/// rows.
/// </remarks>
internal static unsafe class InputTransform<T, TVector, TSimd, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
    where TMethod : IWinograd
{
    /// <summary>Numbers of working memory that <see cref="Run"/> needs.</summary>
    public static int Room => TMethod.Points * ((Tiles.LongestRun * TMethod.Outputs) + 2) * TSimd.Lanes;

    /// <summary>Transforms some tiles of some channels.</summary>
    /// <param name="geometry">The sizes of the convolution.</param>
    /// <param name="tiles">Its tiles.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="end">The tile to stop before.</param>
    /// <param name="firstChannel">The first channel, at a whole vector.</param>
    /// <param name="endChannel">The channel to stop before.</param>
    /// <param name="x">The batch.</param>
    /// <param name="room">Working memory.</param>
    /// <param name="v">V: tile t, channel c at point p goes to <c>v[p·point + (t − first)·tile + c]</c>.</param>
    /// <param name="point">From one matrix to the next.</param>
    /// <param name="tile">From one row to the next: at least the channels, rounded up to whole vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        in Geometry geometry, in Tiles tiles, int first, int end, int firstChannel, int endChannel, T* x, T* room, T* v, nint point, nint tile)
    {
        while (first < end)
        {
            Tiles.Run run = tiles.RunFrom(first, end);
            T* image = x + ((nint)run.Image * geometry.ImageSize);
            int top = (run.Row * TMethod.Outputs) - geometry.Window.Before.Y, left = (run.FirstColumn * TMethod.Outputs) - geometry.Window.Before.X;
            for (int c = firstChannel; c < endChannel; c += TSimd.Lanes)
            {
                Pixels<T, TVector, TSimd>.Gather(
                    image + ((nint)c * geometry.Plane), geometry.Height, geometry.Width, Math.Min(endChannel - c, TSimd.Lanes),
                    top, left, TMethod.Points, (run.Count * TMethod.Outputs) + 2, room);
                Transform(run.Count, room, v + c, point, tile);
            }

            v += run.Count * tile;
            first += run.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform(int count, T* room, T* v, nint point, nint tile)
    {
        int width = (count * TMethod.Outputs) + 2;
        nint row = width * TSimd.Lanes;
        for (int j = 0; j < width; j++)
        {
            T* column = room + (j * TSimd.Lanes);
            TMethod.Input<T, TVector, TSimd>(column, row, column, row);
        }

        for (int t = 0; t < count; t++)
        {
            T* pixels = room + (t * TMethod.Outputs * TSimd.Lanes), values = v;
            for (int i = 0; i < TMethod.Points; i++)
            {
                TMethod.Input<T, TVector, TSimd>(pixels, TSimd.Lanes, values, point);
                pixels += row;
                values += TMethod.Points * point;
            }

            v += tile;
        }
    }
}
