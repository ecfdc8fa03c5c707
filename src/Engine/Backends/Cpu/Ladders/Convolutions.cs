using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>
/// The formula of <see cref="Layers.Conv2D"/> for stride 1 and zeros beyond the border, as seven loops: images, output channels,
/// rows, columns; and for each the sum over input channels and taps.
/// </summary>
internal static unsafe class FormulaConvolution
{
    /// <summary>y = w ∗ x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(in Geometry g, T* x, T* w, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        (int height, int width) = (g.Height, g.Width);
        (int rows, int columns) = g.Window.Kernel;
        (int top, int left) = g.Window.Before;
        for (int image = 0; image < g.Images; image++)
        {
            for (int k = 0; k < g.OutputsPerGroup; k++)
            {
                for (int i = 0; i < g.OutHeight; i++)
                {
                    for (int j = 0; j < g.OutWidth; j++)
                    {
                        T sum = T.Zero;
                        for (int c = 0; c < g.ChannelsPerGroup; c++)
                        {
                            for (int r = 0; r < rows; r++)
                            {
                                for (int s = 0; s < columns; s++)
                                {
                                    int u = i + r - top, v = j + s - left;
                                    if ((uint)u < (uint)height && (uint)v < (uint)width)
                                    {
                                        sum += w[(((((k * g.ChannelsPerGroup) + c) * rows) + r) * columns) + s]
                                            * x[(((((image * g.ChannelsPerGroup) + c) * height) + u) * width) + v];
                                    }
                                }
                            }
                        }

                        *y++ = sum;
                    }
                }
            }
        }
    }
}

/// <summary>
/// The loops exchanged so that the innermost runs along a row: one weight times a piece of a row of x, added to a piece of a row of
/// y, in registers' widths. Where the piece begins and ends is worked out once per tap instead of asked at every pixel.
/// </summary>
internal static unsafe class TapByTapConvolution
{
    /// <summary>y = w ∗ x.</summary>
    public static void Run<T>(in Geometry g, T* x, T* w, T* y)
        where T : unmanaged, IFloatingPointIeee754<T> => Widest.Run<T, Kernel<T>>(new Kernel<T>(g, x, w, y));

    private readonly struct Kernel<T>(in Geometry geometry, T* x, T* w, T* y) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry g = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            T* weight = w, plane = y;
            new Span<T>(y, g.Images * g.OutImageSize).Clear();
            for (int image = 0; image < g.Images; image++)
            {
                weight = w;
                for (int k = 0; k < g.OutputsPerGroup; k++)
                {
                    T* source = x + ((nint)image * g.ImageSize);
                    for (int c = 0; c < g.ChannelsPerGroup; c++)
                    {
                        for (int r = 0; r < g.Window.Kernel.Y; r++)
                        {
                            for (int s = 0; s < g.Window.Kernel.X; s++)
                            {
                                AddTap<TVector, TSimd>(source, *weight++, r - g.Window.Before.Y, s - g.Window.Before.X, plane);
                            }
                        }

                        source += g.Plane;
                    }

                    plane += g.Positions;
                }
            }
        }

        // plane += weight · source moved up by `down` rows and left by `right` columns, where both exist.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddTap<TVector, TSimd>(T* source, T weight, int down, int right, T* plane)
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            TVector spread = TSimd.Broadcast(weight);
            int firstColumn = Math.Max(0, -right), endColumn = Math.Min(g.OutWidth, g.Width - right);
            int firstRow = Math.Max(0, -down), endRow = Math.Min(g.OutHeight, g.Height - down);
            for (int i = firstRow; i < endRow; i++)
            {
                T* from = source + ((i + down) * g.Width) + right, to = plane + (i * g.OutWidth);
                int j = firstColumn;
                for (; j <= endColumn - TSimd.Lanes; j += TSimd.Lanes)
                {
                    TSimd.Store(TSimd.MultiplyAdd(spread, TSimd.Load(from + j), TSimd.Load(to + j)), to + j);
                }

                for (; j < endColumn; j++)
                {
                    to[j] += weight * from[j];
                }
            }
        }
    }
}
