using System.Numerics;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Winograd;
using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>A 3×3 convolution, from its formula to fewer products than the formula has.</summary>
internal static unsafe class ImageLadder
{
    private static readonly Window Window = new(3, 1, 1, 1, 1);

    public static KernelLadder Create(LadderRequest request) =>
        request.DType == DType.Float32 ? Create<float>(request) : Create<double>(request);

    private static KernelLadder Create<T>(LadderRequest request)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int images = LadderNumbers.Size(request, 4), channels = LadderNumbers.Size(request, 64), side = LadderNumbers.Size(request, 56, least: 7);
        Tensor x = LadderNumbers.Uniform(request, [images, channels, side, side]), w = LadderNumbers.Uniform(request, [channels, channels, 3, 3]);
        Tensor y = LadderNumbers.Result(request, x.Shape);
        Geometry geometry = new(x.Shape, w.Shape, Window, 1);
        Backend backend = Backend.Of(x, w);
        return new KernelLadder(
            "Convolution",
            $"{x.Shape} → {channels} channels, 3×3, {request.DType}",
            2.0 * y.ElementCount * channels * 9,
            (x.ElementCount + w.ElementCount + (double)y.ElementCount) * request.DType.Size(),
            y,
            [
                new("formula", "seven loops, and at every tap the question whether it lies in the image", () => Run(FormulaConvolution.Run)),
                new("tap_by_tap", "the question asked once per row: a row of x times a weight, added to a row of y", () => Run(TapByTapConvolution.Run)),
                new("columns", "windows copied side by side: a matrix product", () => LadderThreads.One(() => Run((in g, px, pw, py) => ColumnConvolution.Forward(g, px, pw, null, null, py)))),
                new("shifts", "no copies: every tap reads the same padded image from another place", () => LadderThreads.One(() => Run((in g, px, pw, py) => ShiftConvolution.Forward(g, px, pw, null, null, py)))),
                new("winograd_2x2", "four outputs at once from 16 products instead of 36", () => LadderThreads.One(() => Run(Winograd<T, TwoByTwo>))),
                new("winograd_4x4", "sixteen outputs at once from 36 products instead of 144", () => LadderThreads.One(() => Run(Winograd<T, FourByFour>))),
                new("all_threads", "the back end's choice, on every core", () => backend.ConvolutionForward(x, w, null, Window, 1, y)),
            ])
        {
            ErrorBound = LadderNumbers.SumBound(request, channels * 9),
        };

        void Run(Method<T> method)
        {
            fixed (T* px = x.AsSpan<T>(), pw = w.AsSpan<T>(), py = y.AsSpan<T>())
            {
                method(geometry, px, pw, py);
            }
        }
    }

    private static void Winograd<T, TMethod>(in Geometry geometry, T* x, T* w, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TMethod : IWinograd => WinogradConvolution<T, TMethod>.Forward(
            geometry, x, WeightsView<T>.Plain(w, geometry.ChannelsPerGroup), null, rectify: false, y);

    private delegate void Method<T>(in Geometry geometry, T* x, T* w, T* y)
        where T : unmanaged;
}
