using System.Numerics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// The part of x that a tile of places sees, with its padding: the image itself where there is none, or else a copy in the
/// thread's scratch.
/// </summary>
internal readonly unsafe struct PaddedTile<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>Finds or makes it.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="tile">The places.</param>
    /// <param name="firstChannel">The first of the channels, counted from the first of the image.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="x">The batch.</param>
    public PaddedTile(in Geometry geometry, in ColumnTiles.Tile tile, int firstChannel, int channels, T* x)
    {
        Pitch = geometry.Padded.OutWidth;
        int firstRow = tile.FirstRow * geometry.Window.Stride.Y;
        T* source = x + ((nint)tile.FirstImage * geometry.ImageSize) + ((nint)firstChannel * geometry.Plane);
        if (geometry.Window.Before == 0 && geometry.Window.After == 0)
        {
            (Plane, Image) = (geometry.Plane, geometry.ImageSize);
            X = source + (firstRow * Pitch);
            return;
        }

        int rows = ((tile.EndRow - tile.FirstRow - 1) * geometry.Window.Stride.Y) + geometry.Window.Extent.Y;

        // An odd number of cache lines, so that channels do not compete for the same places of the cache.
        int line = 64 / sizeof(T);
        Plane = (((rows * Pitch / line) + 1) | 1) * line;
        Image = channels * Plane;
        X = Scratch.Get<T>(ScratchUse.Columns, tile.Images * (long)Image);
        for (int i = 0; i < tile.Images; i++)
        {
            for (int c = 0; c < channels; c++)
            {
                PaddedPlane<T, TVector, TSimd>.Copy(
                    geometry, source + ((nint)i * geometry.ImageSize) + ((nint)c * geometry.Plane), firstRow, firstRow + rows, X + (i * Image) + (c * Plane));
            }
        }
    }

    /// <summary>What the first tap of the window sees at the first place.</summary>
    public T* X { get; }

    /// <summary>From one row to the next.</summary>
    public nint Pitch { get; }

    /// <summary>From one channel to the next.</summary>
    public nint Plane { get; }

    /// <summary>From one image to the next.</summary>
    public nint Image { get; }

    /// <summary>Where the window begins at each place of the tile.</summary>
    public int* PlaceOffsets(in Geometry geometry, in ColumnTiles.Tile tile)
    {
        int* offsets = Scratch.Get<int>(ScratchUse.Places, tile.Columns), next = offsets;
        for (int image = 0; image < tile.Images; image++)
        {
            for (int row = 0; row < tile.EndRow - tile.FirstRow; row++)
            {
                int start = (int)((image * Image) + (row * geometry.Window.Stride.Y * Pitch));
                for (int column = 0; column < geometry.OutWidth; column++)
                {
                    *next++ = start + (column * geometry.Window.Stride.X);
                }
            }
        }

        return offsets;
    }
}
