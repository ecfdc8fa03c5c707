using System.Numerics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The one-dimensional algorithm F(m, 3): m neighbouring outputs of a filter of 3 taps from m + 2 multiplications
/// instead of 3·m.
/// </summary>
/// <remarks>
/// <para>
/// Where the saving comes from. To filter is to multiply polynomials: with the numbers of the filter and of a piece of
/// signal as coefficients, the products' coefficients are the sums wanted. A polynomial is also given by its values at
/// enough points, and values are multiplied one by one, without any sum. So: evaluate both at m + 2 points (one of them
/// "infinity", the leading coefficient), multiply, interpolate. All evaluating and interpolating is linear, three
/// constant matrices, and what is evaluated is shared: a piece of signal by all filters, a filter by all pieces, and since
/// interpolation is linear, it follows the sum over the input channels. What is left per output and channel is the
/// multiplications (S. Winograd, "Arithmetic complexity of computations", 1980; A. Toom 1963, S. Cook 1966).
/// </para>
/// <para>
/// Transposed, as filtering reads: y = Aᵀ[(G·w) ∘ (Bᵀ·x)] with x of m + 2 numbers, w of 3, y of m. In two
/// dimensions each matrix is applied to columns and then to rows: Y = Aᵀ[(G·w·Gᵀ) ∘ (Bᵀ·x·B)]·A, (m + 2)² products
/// for m² outputs of 9 taps: 16 instead of 36, or 36 instead of 144 (A. Lavin, S. Gray, "Fast algorithms for
/// convolutional neural networks", 2016).
/// </para>
/// <para>
/// The formula has three factors that it is linear in, so its derivative needs nothing new: the gradient in w is
/// Gᵀ[(A·g·Aᵀ) ∘ (Bᵀ·x·B)]·G, the same matrices the other way round. Hence the five methods below. Each reads vectors
/// that lie <c>step</c> apart and writes vectors <c>next</c> apart, all loads before the first store: in place is fine.
/// </para>
/// </remarks>
internal unsafe interface IWinograd
{
    /// <summary>m, the outputs per dimension of a tile.</summary>
    static abstract int Outputs { get; }

    /// <summary>m + 2, the inputs per dimension of a tile, and the points.</summary>
    static abstract int Points { get; }

    /// <summary>Bᵀ: m + 2 inputs to values at the points.</summary>
    static abstract void Input<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>;

    /// <summary>G: 3 taps to values at the points.</summary>
    static abstract void Weights<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>;

    /// <summary>Aᵀ: sums of products at the points to m outputs.</summary>
    static abstract void Output<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>;

    /// <summary>A, the adjoint of <see cref="Output"/>: the gradients of m outputs to those of the sums.</summary>
    static abstract void OutputGradient<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>;

    /// <summary>Gᵀ, the adjoint of <see cref="Weights"/>: the gradients of values at the points to those of 3 taps.</summary>
    static abstract void WeightsGradient<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>;
}
