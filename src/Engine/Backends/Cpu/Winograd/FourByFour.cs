using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>F(4×4, 3×3) with the points 0, ±a, ±b, ∞ for a = 5/8, b = 3/2: 36 products instead of 144 per tile.</summary>
/// <remarks>
/// <code>
///      ⎡ a²b²   0   −(a²+b²)    0      1  0⎤
///      ⎢  0   −ab²    −b²       a      1  0⎥         ⎡1  1   1   1   1  0⎤
/// Bᵀ = ⎢  0    ab²    −b²      −a      1  0⎥    Aᵀ = ⎢0  a  −a   b  −b  0⎥
///      ⎢  0   −a²b    −a²       b      1  0⎥         ⎢0  a²  a²  b²  b² 0⎥
///      ⎢  0    a²b    −a²      −b      1  0⎥         ⎣0  a³ −a³  b³ −b³ 1⎦
///      ⎣  0    a²b²    0    −(a²+b²)   0  1⎦
/// </code>
/// and row p of G is (1, p, p²) / Π(p − q) over the other finite points q; that of ∞ is (0, 0, 1).
/// <para>
/// Why these points. In exact arithmetic any five numbers do. In rounded arithmetic their powers decide how far the values
/// at the points, and so their rounding errors, outgrow the outputs. Lavin and Gray's 0, ±1, ±2 make whole numbers of Aᵀ
/// and Bᵀ, and errors four times those of the direct sum. B. Barabasz, A. Anderson, K. Soodhalter, D. Gregg, "Error analysis and
/// improving the accuracy of Winograd convolution for deep neural networks" (2020), search for better ones and find them
/// near ±½ … ±2 without symmetry. We keep the symmetry, for ±a share half of their work, and searched the eighths: these
/// two have the least error, 1.8 times that of the direct sum, with squares, cubes and products that are exact in Float32.
/// </para>
/// </remarks>
internal readonly unsafe struct FourByFour : IWinograd
{
    private const double A = 5.0 / 8;
    private const double B = 3.0 / 2;
    private const double A2 = A * A;
    private const double B2 = B * B;

    // 1 / Π(p − q) for p = 0, ±a, ±b.
    private const double AtZero = 1 / (A2 * B2);
    private const double AtA = 1 / (2 * A2 * (A2 - B2));
    private const double AtB = 1 / (2 * B2 * (B2 - A2));

    /// <inheritdoc/>
    public static int Outputs => 4;

    /// <inheritdoc/>
    public static int Points => 6;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector x0 = TSimd.Load(source), x1 = TSimd.Load(source + step), x2 = TSimd.Load(source + (2 * step));
        TVector x3 = TSimd.Load(source + (3 * step)), x4 = TSimd.Load(source + (4 * step)), x5 = TSimd.Load(source + (5 * step));
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(A2 * B2, x0, Vectors<T, TVector, TSimd>.Add(-A2 - B2, x2, x4)), destination);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(A2 * B2, x1, Vectors<T, TVector, TSimd>.Add(-A2 - B2, x3, x5)), destination + (5 * next));

        TVector even = Vectors<T, TVector, TSimd>.Add(-B2, x2, x4), odd = Vectors<T, TVector, TSimd>.Add(-B2, x1, x3);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(A, odd, even), destination + next);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(-A, odd, even), destination + (2 * next));

        even = Vectors<T, TVector, TSimd>.Add(-A2, x2, x4);
        odd = Vectors<T, TVector, TSimd>.Add(-A2, x1, x3);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(B, odd, even), destination + (3 * next));
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(-B, odd, even), destination + (4 * next));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector w0 = TSimd.Load(source), w1 = TSimd.Load(source + step), w2 = TSimd.Load(source + (2 * step));
        TSimd.Store(Vectors<T, TVector, TSimd>.Scale(AtZero, w0), destination);

        TVector even = Vectors<T, TVector, TSimd>.Add(A2 * AtA, w2, Vectors<T, TVector, TSimd>.Scale(AtA, w0));
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(A * AtA, w1, even), destination + next);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(-A * AtA, w1, even), destination + (2 * next));

        even = Vectors<T, TVector, TSimd>.Add(B2 * AtB, w2, Vectors<T, TVector, TSimd>.Scale(AtB, w0));
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(B * AtB, w1, even), destination + (3 * next));
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(-B * AtB, w1, even), destination + (4 * next));
        TSimd.Store(w2, destination + (5 * next));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector s1 = TSimd.Load(source + step), s2 = TSimd.Load(source + (2 * step));
        TVector s3 = TSimd.Load(source + (3 * step)), s4 = TSimd.Load(source + (4 * step));
        TVector s0 = TSimd.Load(source), s5 = TSimd.Load(source + (5 * step));
        TVector evenA = Vectors<T, TVector, TSimd>.Add(s1, s2), oddA = Vectors<T, TVector, TSimd>.Subtract(s1, s2);
        TVector evenB = Vectors<T, TVector, TSimd>.Add(s3, s4), oddB = Vectors<T, TVector, TSimd>.Subtract(s3, s4);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(s0, Vectors<T, TVector, TSimd>.Add(evenA, evenB)), destination);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(A, oddA, Vectors<T, TVector, TSimd>.Scale(B, oddB)), destination + next);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(A2, evenA, Vectors<T, TVector, TSimd>.Scale(B2, evenB)), destination + (2 * next));
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(A2 * A, oddA, Vectors<T, TVector, TSimd>.Add(B2 * B, oddB, s5)), destination + (3 * next));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector g0 = TSimd.Load(source), g1 = TSimd.Load(source + step);
        TVector g2 = TSimd.Load(source + (2 * step)), g3 = TSimd.Load(source + (3 * step));
        TSimd.Store(g0, destination);
        TSimd.Store(g3, destination + (5 * next));

        TVector even = Vectors<T, TVector, TSimd>.Add(A2, g2, g0), odd = Vectors<T, TVector, TSimd>.Add(A2, g3, g1);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(A, odd, even), destination + next);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(-A, odd, even), destination + (2 * next));

        even = Vectors<T, TVector, TSimd>.Add(B2, g2, g0);
        odd = Vectors<T, TVector, TSimd>.Add(B2, g3, g1);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(B, odd, even), destination + (3 * next));
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(-B, odd, even), destination + (4 * next));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightsGradient<T, TVector, TSimd>(T* source, nint step, T* destination, nint next)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        TVector u1 = TSimd.Load(source + step), u2 = TSimd.Load(source + (2 * step));
        TVector u3 = TSimd.Load(source + (3 * step)), u4 = TSimd.Load(source + (4 * step));
        TVector u0 = TSimd.Load(source), u5 = TSimd.Load(source + (5 * step));
        TVector evenA = Vectors<T, TVector, TSimd>.Add(u1, u2), oddA = Vectors<T, TVector, TSimd>.Subtract(u1, u2);
        TVector evenB = Vectors<T, TVector, TSimd>.Add(u3, u4), oddB = Vectors<T, TVector, TSimd>.Subtract(u3, u4);
        TVector w0 = Vectors<T, TVector, TSimd>.Add(AtA, evenA, Vectors<T, TVector, TSimd>.Scale(AtZero, u0));
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(AtB, evenB, w0), destination);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(A * AtA, oddA, Vectors<T, TVector, TSimd>.Scale(B * AtB, oddB)), destination + next);
        TVector w2 = Vectors<T, TVector, TSimd>.Add(A2 * AtA, evenA, u5);
        TSimd.Store(Vectors<T, TVector, TSimd>.Add(B2 * AtB, evenB, w2), destination + (2 * next));
    }
}
