using System.Numerics;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// Winograd's convolution on the widest vectors that the processor has, by a method: <see cref="TwoByTwo"/> or
/// <see cref="FourByFour"/>.
/// </summary>
internal static unsafe class WinogradConvolution<T, TMethod>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TMethod : IWinograd
{
    /// <summary>The points of a tile: how many matrices the transformed weights are.</summary>
    public static int Points => TMethod.Points * TMethod.Points;

    /// <summary>Columns of a matrix of weights for so many output channels.</summary>
    public static int Width(int outputs) =>
        Vector512.IsHardwareAccelerated ? PointMatrices<T, Vector512<T>, Simd512<T>>.Width(outputs)
        : Vector256.IsHardwareAccelerated ? PointMatrices<T, Vector256<T>, Simd256<T>>.Width(outputs)
        : Vector128.IsHardwareAccelerated ? PointMatrices<T, Vector128<T>, Simd128<T>>.Width(outputs)
        : outputs;

    /// <summary>Transforms weights between so many channels into <see cref="Points"/> matrices.</summary>
    public static void Prepare(in WeightsView<T> w, int inputs, int outputs, T* u)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            WinogradForward<T, Vector512<T>, Simd512<T>, TMethod>.Prepare(w, inputs, outputs, u);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            WinogradForward<T, Vector256<T>, Simd256<T>, TMethod>.Prepare(w, inputs, outputs, u);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            WinogradForward<T, Vector128<T>, Simd128<T>, TMethod>.Prepare(w, inputs, outputs, u);
        }
        else
        {
            WinogradForward<T, T, Scalar<T>, TMethod>.Prepare(w, inputs, outputs, u);
        }
    }

    /// <summary>y = w ∗ x + bias, and max(0, ·) of it where <paramref name="rectify"/> says so.</summary>
    public static void Forward(in Geometry geometry, T* x, in WeightsView<T> w, T* bias, bool rectify, T* y) =>
        Forward(geometry, x, w, null, bias, rectify, y);

    /// <summary>The same with <paramref name="prepared"/> weights.</summary>
    public static void Forward(in Geometry geometry, T* x, T* prepared, T* bias, bool rectify, T* y) =>
        Forward(geometry, x, default, prepared, bias, rectify, y);

    /// <summary>dw += the adjoint of w ∗ x in w, applied to g.</summary>
    public static void AccumulateBackwardWeights(in Geometry geometry, T* x, T* g, T* dw)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            WinogradBackwardWeights<T, Vector512<T>, Simd512<T>, TMethod>.Accumulate(geometry, x, g, dw);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            WinogradBackwardWeights<T, Vector256<T>, Simd256<T>, TMethod>.Accumulate(geometry, x, g, dw);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            WinogradBackwardWeights<T, Vector128<T>, Simd128<T>, TMethod>.Accumulate(geometry, x, g, dw);
        }
        else
        {
            WinogradBackwardWeights<T, T, Scalar<T>, TMethod>.Accumulate(geometry, x, g, dw);
        }
    }

    private static void Forward(in Geometry geometry, T* x, in WeightsView<T> w, T* prepared, T* bias, bool rectify, T* y)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            WinogradForward<T, Vector512<T>, Simd512<T>, TMethod>.Run(geometry, x, w, prepared, bias, rectify, y);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            WinogradForward<T, Vector256<T>, Simd256<T>, TMethod>.Run(geometry, x, w, prepared, bias, rectify, y);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            WinogradForward<T, Vector128<T>, Simd128<T>, TMethod>.Run(geometry, x, w, prepared, bias, rectify, y);
        }
        else
        {
            WinogradForward<T, T, Scalar<T>, TMethod>.Run(geometry, x, w, prepared, bias, rectify, y);
        }
    }
}
