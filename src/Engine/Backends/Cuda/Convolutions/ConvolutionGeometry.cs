using System.Runtime.InteropServices;
using Engine.Tensors;

namespace Engine.Backends.Cuda;

/// <summary>The sizes of a convolution as its kernels want them: <c>Geometry</c> in <c>kernels/convolution_geometry.h</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ConvolutionGeometry
{
    public readonly int Images;
    public readonly int Groups;
    public readonly int Channels;
    public readonly int Height;
    public readonly int Width;
    public readonly int Outputs;
    public readonly int OutHeight;
    public readonly int OutWidth;
    public readonly int WindowY;
    public readonly int WindowX;
    public readonly int StrideY;
    public readonly int StrideX;
    public readonly int DilationY;
    public readonly int DilationX;
    public readonly int BeforeY;
    public readonly int BeforeX;
    public readonly int Mirror;
    public readonly Divisor ByWindow;
    public readonly Divisor ByWindowX;
    public readonly Divisor ByPlaces;
    public readonly Divisor ByOutWidth;
    public readonly Divisor ByPlane;
    public readonly Divisor ByWidth;
    public readonly Divisor ByStrideY;
    public readonly Divisor ByStrideX;

    /// <summary>Reads the sizes off tensors that have been checked to fit.</summary>
    public ConvolutionGeometry(Shape x, Shape w, in Window window, int groups)
    {
        (Images, Groups, Height, Width) = (x[0], groups, x[2], x[3]);
        (Channels, Outputs) = (x[1] / groups, w[0] / groups);
        (OutHeight, OutWidth) = window.Output((Height, Width));
        (WindowY, WindowX) = window.Kernel;
        (StrideY, StrideX) = window.Stride;
        (DilationY, DilationX) = window.Dilation;
        (BeforeY, BeforeX) = window.Before;
        Mirror = window.Mode == PaddingMode.Mirror ? 1 : 0;
        (ByWindow, ByWindowX) = (new(WindowY * WindowX), new(WindowX));
        (ByPlaces, ByOutWidth) = (new(Places), new(OutWidth));
        (ByPlane, ByWidth) = (new(Plane), new(Width));
        (ByStrideY, ByStrideX) = (new(StrideY), new(StrideX));
    }

    /// <summary>Numbers in a channel of x.</summary>
    public int Plane => Height * Width;

    /// <summary>Numbers in a channel of y: places of the window.</summary>
    public int Places => OutHeight * OutWidth;

    /// <summary>Numbers under a window in all channels of a group.</summary>
    public int Depth => Channels * WindowY * WindowX;

    /// <summary>Whether the window covers the whole image, so that a convolution is a product of two matrices.</summary>
    public bool IsWholeImage => (Groups, WindowY, WindowX, OutHeight, OutWidth, BeforeY, BeforeX) == (1, Height, Width, 1, 1, 0, 0)
        && (DilationY == 1 || WindowY == 1) && (DilationX == 1 || WindowX == 1);
}
