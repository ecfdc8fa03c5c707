using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Elementary functions of vectors of float or double, each within a few units in the last place.</summary>
/// <remarks>
/// Fused multiply–adds and a fixed order of operations make the results the same on every processor.
/// </remarks>
internal static class VectorMath
{
    /// <summary>a·b + c, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    /// <summary>eˣ = 2ⁿ·eʳ with n = ⌊x / ln 2⌉ and |r| ≤ ½ ln 2. Overflows to ∞, underflows gradually to 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Exp<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Beyond these bounds the result is 0 or ∞ anyway. The operands' order lets NaN through.
        x = Vector512.MinNative(Constant<T>(90, 710), Vector512.MaxNative(Constant<T>(-105, -746), x));
        Vector512<T> tail = Reduce(x, out Vector512<T> n);

        // 2ⁿ may lie outside the normal range though the result does not: two factors reach all of it.
        Vector512<T> half = Round(n * Constant<T>(0.5, 0.5));
        return (tail + Vector512<T>.One) * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>tanh x = q / (q + 2) with q = e^(2|x|) − 1, and the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Tanh<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // From |x| = 22 on, the result rounds to 1.
        Vector512<T> magnitude = Vector512.MinNative(Constant<T>(22, 22), Vector512.Abs(x));
        Vector512<T> tail = Reduce(magnitude + magnitude, out Vector512<T> n);
        Vector512<T> power = PowerOfTwo(n);

        // e^y − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1): nothing cancels near 0, where n = 0.
        Vector512<T> q = MultiplyAdd(power, tail, power - Vector512<T>.One);
        return Vector512.CopySign(q / (q + Constant<T>(2, 2)), x);
    }

    /// <summary>The logistic function 1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Logistic<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector512<T>.One / (Vector512<T>.One + Exp(-x));

    /// <summary>ln x = k·ln 2 + 2·artanh s, with x = 2ᵏ·m, m between √½ and √2, and s = (m − 1)/(m + 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Subnormal numbers are lifted into the normal range first.
        Vector512<T> subnormal = Vector512.LessThan(x, Constant<T>(1.1754943508222875e-38, 2.2250738585072014e-308));
        Vector512<T> lifted = Vector512.ConditionalSelect(subnormal, x * Constant<T>(1 << 24, 1L << 54), x);
        Vector512<T> k = SplitExponent(lifted, out Vector512<T> m) - (subnormal & Constant<T>(24, 54));

        Vector512<T> s = (m - Vector512<T>.One) / (m + Vector512<T>.One), square = s * s;

        // artanh s / s − 1 = s²/3 + s⁴/5 + …, as far as terms reach 2⁻²⁶ or 2⁻⁵⁶ for |s| ≤ 0.172.
        Vector512<T> series = Constant<T>(1.0 / 11, 1.0 / 23);
        if (typeof(T) == typeof(double))
        {
            series = MultiplyAdd(series, square, Constant<T>(0, 1.0 / 21));
            series = MultiplyAdd(series, square, Constant<T>(0, 1.0 / 19));
            series = MultiplyAdd(series, square, Constant<T>(0, 1.0 / 17));
            series = MultiplyAdd(series, square, Constant<T>(0, 1.0 / 15));
            series = MultiplyAdd(series, square, Constant<T>(0, 1.0 / 13));
            series = MultiplyAdd(series, square, Constant<T>(0, 1.0 / 11));
        }

        series = MultiplyAdd(series, square, Constant<T>(1.0 / 9, 1.0 / 9));
        series = MultiplyAdd(series, square, Constant<T>(1.0 / 7, 1.0 / 7));
        series = MultiplyAdd(series, square, Constant<T>(1.0 / 5, 1.0 / 5));
        series = MultiplyAdd(series, square, Constant<T>(1.0 / 3, 1.0 / 3));

        // 2·artanh s = f − s·(f − 2·s²·series) with f = m − 1, which is exact (Sun Microsystems' fdlibm).
        Vector512<T> f = m - Vector512<T>.One, two = Constant<T>(2, 2);
        Vector512<T> correction = MultiplyAdd(s, f - (two * square * series), -(k * Constant<T>(-2.12194440054690583e-4, 1.90821492927058770002e-10)));
        Vector512<T> logarithm = MultiplyAdd(k, Constant<T>(0.693359375, 0.693147180369123816490), f - correction);

        // ln 0 = −∞, ln ∞ = ∞, and NaN for NaN and for what is below 0.
        logarithm = Vector512.ConditionalSelect(Vector512.Equals(x, Vector512.Create(T.PositiveInfinity)), x, logarithm);
        logarithm = Vector512.ConditionalSelect(Vector512.Equals(x, Vector512<T>.Zero), Vector512.Create(T.NegativeInfinity), logarithm);
        return Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(x, Vector512<T>.Zero), logarithm, Vector512.Create(T.NaN));
    }

    /// <summary>ln(1 + x) for x in [0, 1], exact to the last places also for small x (Kahan): ln w · x/(w − 1), w = 1 + x rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LogOnePlus<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> w = Vector512<T>.One + x, rounded = w - Vector512<T>.One;
        return Vector512.ConditionalSelect(Vector512.Equals(rounded, Vector512<T>.Zero), x, Log(w) * (x / rounded));
    }

    // Writes a positive normal x = 2ᵏ·m with m between √½ and √2, and returns k.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> SplitExponent<T>(Vector512<T> x, out Vector512<T> m)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // As integers, numbers of one exponent follow each other: measured from √½, the exponent field counts k.
        if (typeof(T) == typeof(float))
        {
            Vector512<int> root = Vector512.Create(BitConverter.SingleToInt32Bits(0.707106781f));
            Vector512<int> exponent = (x.AsInt32() - root) >> 23;
            m = (x.AsInt32() - (exponent << 23)).As<int, T>();
            return Vector512.ConvertToSingle(exponent).As<float, T>();
        }

        Vector512<long> rootBits = Vector512.Create(BitConverter.DoubleToInt64Bits(0.707106781186547524));
        Vector512<long> k = (x.AsInt64() - rootBits) >> 52;
        m = (x.AsInt64() - (k << 52)).As<long, T>();
        return Vector512.ConvertToDouble(k).As<double, T>();
    }

    // Writes x = n·ln 2 + r and returns eʳ − 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Reduce<T>(Vector512<T> x, out Vector512<T> n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        n = Round(x * Constant<T>(1 / 0.693147180559945309, 1 / 0.693147180559945309));

        // ln 2 in two pieces (Cody and Waite, 1980): n times the first is exact.
        Vector512<T> r = MultiplyAdd(n, Constant<T>(-0.693359375, -0.693147180369123816490), x);
        r = MultiplyAdd(n, Constant<T>(2.12194440054690583e-4, -1.90821492927058770002e-10), r);

        // eʳ − 1 = r + r²·(1/2! + r/3! + …), as far as terms reach 2⁻²⁶ or 2⁻⁵⁶ of the sum.
        Vector512<T> series = Constant<T>(1.0 / 5040, 1.0 / 6227020800);
        if (typeof(T) == typeof(double))
        {
            series = MultiplyAdd(series, r, Constant<T>(0, 1.0 / 479001600));
            series = MultiplyAdd(series, r, Constant<T>(0, 1.0 / 39916800));
            series = MultiplyAdd(series, r, Constant<T>(0, 1.0 / 3628800));
            series = MultiplyAdd(series, r, Constant<T>(0, 1.0 / 362880));
            series = MultiplyAdd(series, r, Constant<T>(0, 1.0 / 40320));
            series = MultiplyAdd(series, r, Constant<T>(0, 1.0 / 5040));
        }

        series = MultiplyAdd(series, r, Constant<T>(1.0 / 720, 1.0 / 720));
        series = MultiplyAdd(series, r, Constant<T>(1.0 / 120, 1.0 / 120));
        series = MultiplyAdd(series, r, Constant<T>(1.0 / 24, 1.0 / 24));
        series = MultiplyAdd(series, r, Constant<T>(1.0 / 6, 1.0 / 6));
        series = MultiplyAdd(series, r, Constant<T>(1.0 / 2, 1.0 / 2));
        return MultiplyAdd(series, r * r, r);
    }

    // Adding and subtracting 1.5·2^(p−1) rounds to a whole number in the current rounding mode, nearest even.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Round<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> shifter = Constant<T>(12582912, 6755399441055744);
        return x + shifter - shifter;
    }

    // 2ⁿ for a whole number n: the exponent field of a float is n + 127, that of a double n + 1023.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> PowerOfTwo<T>(Vector512<T> n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // The sum's lowest bits are n + bias as an integer; the shift moves them to the exponent and the rest out.
        Vector512<T> biased = n + Constant<T>(12582912 + 127, 6755399441055744 + 1023);
        return typeof(T) == typeof(float)
            ? (biased.AsUInt32() << 23).As<uint, T>()
            : (biased.AsUInt64() << 52).As<ulong, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Constant<T>(double float32, double float64)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.Create((float)float32).As<float, T>()
        : Vector512.Create(float64).As<double, T>();
}
