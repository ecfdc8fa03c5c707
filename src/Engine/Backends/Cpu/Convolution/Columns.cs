using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// The windows of an image as the columns of a matrix ("im2col"): row (c, r, s) and column (i, j) hold what the window
/// at place (i, j) sees in channel c at its tap (r, s). Convolution is then the matrix product of the weights and this.
/// </summary>
/// <remarks>
/// A row of the matrix is one channel, shifted by a tap and thinned by the stride: it is copied an image row at a time.
/// Only the first and last few places of each look beyond the border.
/// K. Chellapilla, S. Puri, P. Simard, "High performance convolutional neural networks for document processing", 2006.
/// </remarks>
internal static unsafe class Columns
{
    /// <summary>Fills the matrix for some rows of places.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="image">The first channel.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="firstRow">The first row of places, i.</param>
    /// <param name="endRow">The row of places to stop before.</param>
    /// <param name="columns">The matrix: channels·taps rows of (endRow − firstRow)·OutWidth numbers.</param>
    /// <param name="stride">From one row of the matrix to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather<T>(in Geometry geometry, T* image, int channels, int firstRow, int endRow, T* columns, nint stride)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Window window = geometry.Window;
        for (int c = 0; c < channels; c++)
        {
            for (int tap = 0; tap < geometry.Taps; tap++)
            {
                Shift shift = new(geometry, tap);
                T* destination = columns;
                for (int i = firstRow; i < endRow; i++)
                {
                    int row = Border.Find((i * window.Stride.Y) + shift.Row, geometry.Height, window.Mode);
                    if (row < 0)
                    {
                        new Span<T>(destination, geometry.OutWidth).Clear();
                    }
                    else
                    {
                        GatherRow(geometry, shift, image + ((nint)row * geometry.Width), destination);
                    }

                    destination += geometry.OutWidth;
                }

                columns += stride;
            }

            image += geometry.Plane;
        }
    }

    /// <summary>The adjoint of <see cref="Gather"/> ("col2im"): adds each number of the matrix to where it was copied from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter<T>(in Geometry geometry, T* columns, nint stride, int channels, int firstRow, int endRow, T* image)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Window window = geometry.Window;
        for (int c = 0; c < channels; c++)
        {
            for (int tap = 0; tap < geometry.Taps; tap++)
            {
                Shift shift = new(geometry, tap);
                T* source = columns;
                for (int i = firstRow; i < endRow; i++)
                {
                    int row = Border.Find((i * window.Stride.Y) + shift.Row, geometry.Height, window.Mode);
                    if (row >= 0)
                    {
                        ScatterRow(geometry, shift, source, image + ((nint)row * geometry.Width));
                    }

                    source += geometry.OutWidth;
                }

                columns += stride;
            }

            image += geometry.Plane;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherRow<T>(in Geometry geometry, in Shift shift, T* source, T* destination)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int stride = geometry.Window.Stride.X;
        GatherBorder(geometry, shift, 0, shift.FirstInside, source, destination);
        if (stride == 1)
        {
            Copy(source + shift.FirstInside + shift.Column, destination + shift.FirstInside, shift.EndInside - shift.FirstInside);
        }
        else
        {
            for (int j = shift.FirstInside; j < shift.EndInside; j++)
            {
                destination[j] = source[(j * stride) + shift.Column];
            }
        }

        GatherBorder(geometry, shift, shift.EndInside, geometry.OutWidth, source, destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GatherBorder<T>(in Geometry geometry, in Shift shift, int first, int end, T* source, T* destination)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int j = first; j < end; j++)
        {
            int column = Border.Find((j * geometry.Window.Stride.X) + shift.Column, geometry.Width, geometry.Window.Mode);
            destination[j] = column < 0 ? T.Zero : source[column];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScatterRow<T>(in Geometry geometry, in Shift shift, T* source, T* destination)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int stride = geometry.Window.Stride.X;
        ScatterBorder(geometry, shift, 0, shift.FirstInside, source, destination);
        if (stride == 1)
        {
            Add(source + shift.FirstInside, destination + shift.FirstInside + shift.Column, shift.EndInside - shift.FirstInside);
        }
        else
        {
            for (int j = shift.FirstInside; j < shift.EndInside; j++)
            {
                destination[(j * stride) + shift.Column] += source[j];
            }
        }

        ScatterBorder(geometry, shift, shift.EndInside, geometry.OutWidth, source, destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScatterBorder<T>(in Geometry geometry, in Shift shift, int first, int end, T* source, T* destination)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int j = first; j < end; j++)
        {
            int column = Border.Find((j * geometry.Window.Stride.X) + shift.Column, geometry.Width, geometry.Window.Mode);
            if (column >= 0)
            {
                destination[column] += source[j];
            }
        }
    }

    // Rows are short: a call of a general copy would take longer than the copy.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(T* source, T* destination, int count)
        where T : unmanaged
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector.Store(Vector.Load(source + i), destination + i);
        }

        if (i < count && count >= Vector<T>.Count)
        {
            // The last whole vector overlaps the one before.
            Vector.Store(Vector.Load(source + count - Vector<T>.Count), destination + count - Vector<T>.Count);
            return;
        }

        for (; i < count; i++)
        {
            destination[i] = source[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(T* source, T* destination, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector.Store(Vector.Load(destination + i) + Vector.Load(source + i), destination + i);
        }

        for (; i < count; i++)
        {
            destination[i] += source[i];
        }
    }

    /// <summary>How a tap shifts the image, and for which places of a row it looks inside.</summary>
    private readonly struct Shift
    {
        public Shift(in Geometry geometry, int tap)
        {
            Window window = geometry.Window;
            int stride = window.Stride.X;
            Row = (tap / window.Kernel.X * window.Dilation.Y) - window.Before.Y;
            Column = (tap % window.Kernel.X * window.Dilation.X) - window.Before.X;
            FirstInside = Math.Clamp((stride - 1 - Column) / stride, 0, geometry.OutWidth);
            EndInside = Column >= geometry.Width
                ? FirstInside
                : Math.Clamp(((geometry.Width - 1 - Column) / stride) + 1, FirstInside, geometry.OutWidth);
        }

        /// <summary>Added to i·Sy.</summary>
        public int Row { get; }

        /// <summary>Added to j·Sx.</summary>
        public int Column { get; }

        /// <summary>The first j that looks inside the image.</summary>
        public int FirstInside { get; }

        /// <summary>The first j beyond it that looks outside again.</summary>
        public int EndInside { get; }
    }
}
