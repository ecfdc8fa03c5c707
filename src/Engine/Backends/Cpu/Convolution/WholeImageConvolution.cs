using System.Numerics;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// A window as large as the image has one place only: the convolution is a fully connected layer whose inputs are the
/// pixels, as between the last two stages of LeNet-5. With one row per image, Y = X·Wᵀ + b, ∂L/∂X = G·W and ∂L/∂W = Gᵀ·X.
/// </summary>
internal static unsafe class WholeImageConvolution
{
    /// <summary>y = x·wᵀ + bias.</summary>
    public static void Forward<T>(in Geometry geometry, T* x, T* w, T* bias, T* y)
        where T : unmanaged, IFloatingPointIeee754<T> => MatrixProduct.Run(new Product<T>
        {
            M = geometry.Images,
            N = geometry.OutputsPerGroup,
            K = geometry.Depth,
            A = x,
            ARow = geometry.Depth,
            AStep = 1,
            B = w,
            BStep = 1,
            BColumn = geometry.Depth,
            Start = bias,
            StartRow = 0,
            Y = y,
            YRow = geometry.OutputsPerGroup,
        });

    /// <summary>dx = g·w.</summary>
    public static void BackwardData<T>(in Geometry geometry, T* w, T* g, T* dx)
        where T : unmanaged, IFloatingPointIeee754<T> => MatrixProduct.Run(new Product<T>
        {
            M = geometry.Images,
            N = geometry.Depth,
            K = geometry.OutputsPerGroup,
            A = g,
            ARow = geometry.OutputsPerGroup,
            AStep = 1,
            B = w,
            BStep = geometry.Depth,
            BColumn = 1,
            Y = dx,
            YRow = geometry.Depth,
        });

    /// <summary>dw = gᵀ·x, or dw += gᵀ·x.</summary>
    public static void BackwardWeights<T>(in Geometry geometry, T* x, T* g, T* dw, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T> => MatrixProduct.Run(new Product<T>
        {
            M = geometry.OutputsPerGroup,
            N = geometry.Depth,
            K = geometry.Images,
            A = g,
            ARow = 1,
            AStep = geometry.OutputsPerGroup,
            B = x,
            BStep = geometry.Depth,
            BColumn = 1,
            Start = accumulate ? dw : null,
            StartRow = geometry.Depth,
            Y = dw,
            YRow = geometry.Depth,
        });
}
