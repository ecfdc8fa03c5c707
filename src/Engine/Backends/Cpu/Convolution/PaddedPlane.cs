using System.Numerics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>One channel of an image copied with its padding around it.</summary>
internal static unsafe class PaddedPlane<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>Copies some rows of the padded channel, one after the other.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="plane">The channel.</param>
    /// <param name="firstRow">The first row, counted from the first of the padding.</param>
    /// <param name="endRow">The row to stop before.</param>
    /// <param name="destination">Where to.</param>
    public static void Copy(in Geometry geometry, T* plane, int firstRow, int endRow, T* destination)
    {
        Window window = geometry.Window;
        Geometry padded = geometry.Padded;
        if (window.Mode != PaddingMode.Zero || window.After.X < 0 || window.After.Y < 0)
        {
            // Mirrored, or cut off where the way back of a window with much padding has no use for the last columns.
            Columns.Gather(padded, plane, 1, firstRow, endRow, destination, 0);
            return;
        }

        // Zeros up to the first number of the image, its rows with both borders between them, zeros from the last on.
        int pitch = padded.OutWidth, inside = Math.Clamp(window.Before.Y - firstRow, 0, endRow - firstRow);
        int first = firstRow + inside - window.Before.Y, rows = Math.Max(0, Math.Min(geometry.Height, endRow - window.Before.Y) - first);
        int start = (inside * pitch) + (rows > 0 ? window.Before.X : 0), total = (endRow - firstRow) * pitch;
        new Span<T>(destination, start).Clear();
        if (rows > 0)
        {
            SpacedRows<T, TVector, TSimd>.Spread(plane + ((nint)first * geometry.Width), geometry.Width, rows - 1, destination + start, pitch);
            start += (rows - 1) * pitch;
            new Span<T>(plane + ((nint)(first + rows - 1) * geometry.Width), geometry.Width).CopyTo(new Span<T>(destination + start, geometry.Width));
            start += geometry.Width;
        }

        new Span<T>(destination + start, total - start).Clear();
    }
}
