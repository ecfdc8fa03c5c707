using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>A rectangle of an image as vectors of channels, with zeros where it sticks out.</summary>
internal static unsafe class Pixels<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    /// <summary>Copies a rectangle.</summary>
    /// <param name="image">The first channel.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="channels">Channels that exist, at most the lanes of a vector.</param>
    /// <param name="top">The first row of the rectangle, above the image where negative.</param>
    /// <param name="left">Its first column, likewise.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="vectors">Where a vector per pixel goes, row by row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(T* image, int height, int width, int channels, int top, int left, int rows, int columns, T* vectors)
    {
        int from = Math.Clamp(-left, 0, columns), to = Math.Clamp(width - left, from, columns);
        for (int i = top; i < top + rows; i++)
        {
            if ((uint)i >= (uint)height || from == to)
            {
                new Span<T>(vectors, columns * TSimd.Lanes).Clear();
            }
            else
            {
                new Span<T>(vectors, from * TSimd.Lanes).Clear();
                PixelLanes<T, TVector, TSimd>.Gather(
                    image + ((nint)i * width) + left + from, (nint)height * width, channels, to - from, vectors + (from * TSimd.Lanes));
                new Span<T>(vectors + (to * TSimd.Lanes), (columns - to) * TSimd.Lanes).Clear();
            }

            vectors += columns * TSimd.Lanes;
        }
    }
}
