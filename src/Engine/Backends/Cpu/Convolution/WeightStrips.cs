using System.Numerics;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>Weights prepared for <see cref="StripConvolution"/> as the back end hands them around: a tensor of rank 1.</summary>
/// <remarks>
/// The output channels are cut into strips as high as the kernel's tile. A strip lies in one piece: for every input channel its
/// weights to the strip's output channels, side by side. That is the order in which the kernel reads them, and no
/// number more than the weights are.
/// </remarks>
internal static unsafe class WeightStrips
{
    /// <summary>The weights in strips, or null where another method is faster.</summary>
    public static Tensor? Prepare(in Geometry geometry, Tensor w) =>
        w.DType == DType.Float32 ? Prepare<float>(geometry, w) : Prepare<double>(geometry, w);

    /// <summary>Whether weights are what <see cref="Prepare(in Geometry, Tensor)"/> has made.</summary>
    public static bool ArePrepared(Tensor w) => w.Shape.Rank == 1;

    /// <summary>y = f(w ∗ x + bias + addend), with prepared weights; the addend may be none.</summary>
    public static void Forward(Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor? addend, Activation? activation, Tensor y)
    {
        Require.ConvolutionOfStrips(x, w, bias, window, groups, addend, y);
        Geometry geometry = new(x.Shape, [y.Shape[1], x.Shape[1], window.Kernel.Y, window.Kernel.X], window, groups);
        if (w.DType == DType.Float32)
        {
            Forward<float>(geometry, x, w, bias, addend, activation, y);
        }
        else
        {
            Forward<double>(geometry, x, w, bias, addend, activation, y);
        }
    }

    private static Tensor? Prepare<T>(in Geometry geometry, Tensor w)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // A register of one number is filled by one image: that says nothing for images as lanes.
        bool byImages = Widest.Lanes<T>() > 1 && ImageLaneConvolution.SuitsForward<T>(geometry);
        if (byImages || !StripConvolution.Suits(geometry))
        {
            return null;
        }

        Tensor strips = new([w.ElementCount], w.DType);
        fixed (T* source = w.AsSpan<T>(), destination = strips.AsSpan<T>())
        {
            Widest.Run<T, CutRoutine<T>>(new CutRoutine<T>(source, geometry.OutputsPerGroup, geometry.Depth, destination));
        }

        return strips;
    }

    private static void Forward<T>(in Geometry geometry, Tensor x, Tensor w, Tensor? bias, Tensor? addend, Activation? activation, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* px = x.AsSpan<T>(), pw = w.AsSpan<T>(), pb = bias is null ? [] : bias.AsSpan<T>(), pa = addend is null ? [] : addend.AsSpan<T>(), py = y.AsSpan<T>())
        {
            StripConvolution.Forward(geometry, px, pw, pb, pa, activation, py);
        }
    }

    private readonly struct CutRoutine<T>(T* w, int outputs, int depth, T* strips) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            Cut tiles = new(outputs, TSimd.TileRows);
            T* next = strips;
            for (int tile = 0; tile < tiles.Parts; tile++)
            {
                for (int k = 0; k < depth; k++)
                {
                    for (int output = tiles.Start(tile); output < tiles.Start(tile + 1); output++)
                    {
                        *next++ = w[((nint)output * depth) + k];
                    }
                }
            }
        }
    }
}
