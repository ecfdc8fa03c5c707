using System.Numerics;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Simd;

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

    /// <summary>Columns of a matrix of weights for so many output channels: whole vectors.</summary>
    public static int Width(int outputs) => (outputs + Widest.Lanes<T>() - 1) / Widest.Lanes<T>() * Widest.Lanes<T>();

    /// <summary>Transforms weights between so many channels into <see cref="Points"/> matrices.</summary>
    public static void Prepare(in WeightsView<T> w, int inputs, int outputs, T* u) =>
        Widest.Run<T, PrepareRoutine>(new PrepareRoutine(w, inputs, outputs, u));

    /// <summary>y = w ∗ x + bias, and max(0, ·) of it where <paramref name="rectify"/> says so.</summary>
    public static void Forward(in Geometry geometry, T* x, in WeightsView<T> w, T* bias, bool rectify, T* y) =>
        Widest.Run<T, ForwardRoutine>(new ForwardRoutine(geometry, x, w, null, bias, rectify, y));

    /// <summary>The same with <paramref name="prepared"/> weights.</summary>
    public static void Forward(in Geometry geometry, T* x, T* prepared, T* bias, bool rectify, T* y) =>
        Widest.Run<T, ForwardRoutine>(new ForwardRoutine(geometry, x, default, prepared, bias, rectify, y));

    /// <summary>dw = the adjoint of w ∗ x in w, applied to g, or that added to dw.</summary>
    public static void BackwardWeights(in Geometry geometry, T* x, T* g, T* dw, bool accumulate) =>
        Widest.Run<T, WeightsRoutine>(new WeightsRoutine(geometry, x, g, dw, accumulate));

    private readonly struct PrepareRoutine(in WeightsView<T> w, int inputs, int outputs, T* u) : IWidthRoutine<T>
    {
        private readonly WeightsView<T> w = w;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector> => WinogradForward<T, TVector, TSimd, TMethod>.Prepare(w, inputs, outputs, u);
    }

    private readonly struct ForwardRoutine(
        in Geometry geometry, T* x, in WeightsView<T> w, T* prepared, T* bias, bool rectify, T* y) : IWidthRoutine<T>
    {
        private readonly Geometry geometry = geometry;
        private readonly WeightsView<T> w = w;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector> =>
            WinogradForward<T, TVector, TSimd, TMethod>.Run(geometry, x, w, prepared, bias, rectify, y);
    }

    private readonly struct WeightsRoutine(in Geometry geometry, T* x, T* g, T* dw, bool accumulate) : IWidthRoutine<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector> =>
            WinogradBackwardWeights<T, TVector, TSimd, TMethod>.Run(geometry, x, g, dw, accumulate);
    }
}
