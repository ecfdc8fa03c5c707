using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>What the window sees, as the right operand of a product, panel by panel: a row for every tap of every channel, a column per place.</summary>
/// <remarks>
/// A window of one pixel sees the image as it lies. Any other sees it through <see cref="StridedPhases{T}"/>, where the
/// places of a row of the output are neighbours for every tap; a panel's row is copied in as many pieces as it has rows of places.
/// Pieces are written in whole vectors: what is too much lies where the next piece will be written.
/// </remarks>
internal readonly unsafe struct WindowPanels<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    private readonly T* x;
    private readonly int image;
    private readonly int plane;
    private readonly int pitch;
    private readonly int outWidth;
    private readonly int taps;
    private readonly int* offsets;

    /// <summary>Prepares the images.</summary>
    public WindowPanels(in Geometry geometry, T* x)
    {
        AreImages = geometry.IsPointwise;
        (outWidth, taps) = (geometry.OutWidth, geometry.Taps);
        if (AreImages)
        {
            this.x = x;
            (image, plane, pitch) = (geometry.ImageSize, geometry.Plane, geometry.OutWidth);
            return;
        }

        StridedPhases<T> phases = new(geometry, x);
        this.x = phases.X;
        (image, plane, pitch) = (phases.Image, phases.Plane, phases.Pitch);
        offsets = Scratch.Get<int>(ScratchUse.Offsets, taps);
        for (int tap = 0; tap < taps; tap++)
        {
            offsets[tap] = phases.Offset(tap);
        }
    }

    /// <summary>Whether the rows are those of the images, which may also be read where they lie.</summary>
    public bool AreImages { get; }

    /// <summary>From one row to the next where they lie in the images.</summary>
    public int Step => plane;

    /// <summary>Numbers that <see cref="Copy"/> writes behind a panel.</summary>
    public static int Slack => TSimd.Lanes;

    /// <summary>Where a row begins in the images.</summary>
    public T* Row(int image, int row, int place) => x + ((nint)image * this.image) + ((nint)row * plane) + place;

    /// <summary>Copies a panel.</summary>
    /// <param name="image">The image.</param>
    /// <param name="place">The first place.</param>
    /// <param name="columns">How many places.</param>
    /// <param name="first">The first row, counted over taps and channels.</param>
    /// <param name="depth">How many rows.</param>
    /// <param name="panel">Where to.</param>
    /// <param name="width">From one row of the panel to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public void Copy(int image, int place, int columns, int first, int depth, T* panel, int width)
    {
        if (AreImages)
        {
            Strips.Pack(Row(image, first, place), plane, 1, columns, depth, panel, width);
            return;
        }

        // Pieces: where from, and where to and up to.
        int* pieces = stackalloc int[3 * TSimd.TileVectors * TSimd.Lanes], end = pieces;
        for (int column = 0; column < columns; end += 3)
        {
            (int row, int at) = Math.DivRem(place + column, outWidth);
            int length = pitch == outWidth ? columns : Math.Min(outWidth - at, columns - column);
            (end[0], end[1], end[2]) = ((row * pitch) + at, column, column + length);
            column += length;
        }

        (int channel, int tap) = Math.DivRem(first, taps);
        T* source = x + ((nint)image * this.image) + ((nint)channel * plane);
        for (int k = 0; k < depth; k++)
        {
            T* seen = source + offsets[tap];
            for (int* piece = pieces; piece < end; piece += 3)
            {
                T* from = seen + piece[0] - piece[1];
                for (int j = piece[1]; j < piece[2]; j += TSimd.Lanes)
                {
                    TSimd.Store(TSimd.Load(from + j), panel + j);
                }
            }

            panel += width;
            if (++tap == taps)
            {
                tap = 0;
                source += plane;
            }
        }
    }
}
