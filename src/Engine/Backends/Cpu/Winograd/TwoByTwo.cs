using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>F(2×2, 3×3) with the points 0, 1, −1, ∞: 16 products instead of 36 per tile.</summary>
/// <remarks>
/// <code>
///      ⎡1  0 −1  0⎤        ⎡ 1   0   0 ⎤
/// Bᵀ = ⎢0  1  1  0⎥    G = ⎢ ½   ½   ½ ⎥    Aᵀ = ⎡1  1  1  0⎤
///      ⎢0 −1  1  0⎥        ⎢ ½  −½   ½ ⎥         ⎣0  1 −1  1⎦
///      ⎣0 −1  0  1⎦        ⎣ 0   0   1 ⎦
/// </code>
/// (Lavin and Gray 2016, section 4.1, with the last point's sign turned.) Nothing but sums, differences and halves:
/// the price in rounding is hardly more than that of the direct sum.
/// </remarks>
internal readonly unsafe struct TwoByTwo : IWinograd
{
    /// <inheritdoc/>
    public static int Outputs => 2;

    /// <inheritdoc/>
    public static int Points => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector x0 = TSimd.Load(source), x1 = TSimd.Load(source + step);
        TVector x2 = TSimd.Load(source + (2 * step)), x3 = TSimd.Load(source + (3 * step));
        TSimd.Store(Vectors<T, TVector, TSimd>.Subtract(x0, x2), destination);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(x1, x2), destination + next);
        TSimd.Store(Vectors<T, TVector, TSimd>.Subtract(x2, x1), destination + (2 * next));
        TSimd.Store(Vectors<T, TVector, TSimd>.Subtract(x3, x1), destination + (3 * next));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector w0 = TSimd.Load(source), w1 = TSimd.Load(source + step), w2 = TSimd.Load(source + (2 * step));
        TVector outer = Vectors<T, TVector, TSimd>.Scale(0.5, Vectors<T, TVector, TSimd>.Add(w0, w2));
        TSimd.Store(w0, destination);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(0.5, w1, outer), destination + next);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(-0.5, w1, outer), destination + (2 * next));
        TSimd.Store(w2, destination + (3 * next));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector s0 = TSimd.Load(source), s1 = TSimd.Load(source + step);
        TVector s2 = TSimd.Load(source + (2 * step)), s3 = TSimd.Load(source + (3 * step));
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(s0, Vectors<T, TVector, TSimd>.Add(s1, s2)), destination);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(s3, Vectors<T, TVector, TSimd>.Subtract(s1, s2)), destination + next);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector g0 = TSimd.Load(source), g1 = TSimd.Load(source + step);
        TSimd.Store(g0, destination);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(g0, g1), destination + next);
        TSimd.Store(Vectors<T, TVector, TSimd>.Subtract(g0, g1), destination + (2 * next));
        TSimd.Store(g1, destination + (3 * next));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightsGradient<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector u0 = TSimd.Load(source), u1 = TSimd.Load(source + step);
        TVector u2 = TSimd.Load(source + (2 * step)), u3 = TSimd.Load(source + (3 * step));
        TVector even = Vectors<T, TVector, TSimd>.Add(u1, u2), odd = Vectors<T, TVector, TSimd>.Subtract(u1, u2);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(0.5, even, u0), destination);
        TSimd.Store(Vectors<T, TVector, TSimd>.Scale(0.5, odd), destination + next);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(0.5, even, u3), destination + (2 * next));
    }
}
