using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Elementary functions of vectors of float or double, each within a stated error.</summary>
/// <remarks>
/// Errors are given in units in the last place (ULP) of the correct result, as the largest found: for float over every
/// number from 2⁻¹³ on and one in a thousand below (for the logarithm over every number from ⅛ to 16), for double over
/// forty thousand. Fused multiply–adds and a fixed order of operations make the bits the
/// same on every processor, whatever the width of its vectors. Coefficients of polynomials were found by Remez' exchange
/// (1934) in forty digits: they spread the error evenly over the interval, where Taylor's pile it up at the ends.
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
    /// <remarks>Error: 0.93 ULP for float, 0.82 for double, of results in the normal range.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Exp<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Beyond these bounds the result is 0 or ∞ anyway. The operands' order lets NaN through.
        x = Vector512.MinNative(Constant<T>(90, 710), Vector512.MaxNative(Constant<T>(-105, -746), x));
        Vector512<T> n = Reduce(x, out Vector512<T> r), one = Vector512<T>.One;
        Vector512<T> power = MultiplyAdd(MultiplyAdd(ExpSeries(r), r, one), r, one);

        // 2ⁿ may lie outside the normal range though the result does not: two factors reach all of it.
        Vector512<T> half = RoundProduct(n, Constant<T>(0.5, 0.5));
        return power * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>tanh x = q / (q + 2) with q = e^(2|x|) − 1, and the sign of x.</summary>
    /// <remarks>Error: 2.53 ULP for float, 2.1 for double.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Tanh<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // From |x| = 22 on, the result rounds to 1.
        Vector512<T> magnitude = Vector512.MinNative(Constant<T>(22, 22), Vector512.Abs(x));
        Vector512<T> n = Reduce(magnitude + magnitude, out Vector512<T> r), power = PowerOfTwo(n);

        // e^y − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1): nothing cancels near 0, where n = 0.
        Vector512<T> tail = MultiplyAdd(ExpSeries(r) * r, r, r);
        Vector512<T> q = MultiplyAdd(power, tail, power - Vector512<T>.One);
        return Vector512.CopySign(q / (q + Constant<T>(2, 2)), x);
    }

    /// <summary>The logistic function 1 / (1 + e⁻ˣ).</summary>
    /// <remarks>Error: 2.49 ULP for float, 2.0 for double, of results in the normal range.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Logistic<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => Vector512<T>.One / (Vector512<T>.One + Exp(-x));

    /// <summary>ln x = k·ln 2 + 2·artanh s, with x = 2ᵏ·m, m between √½ and √2, and s = (m − 1)/(m + 1).</summary>
    /// <remarks>Error: 0.92 ULP for float, 0.76 for double.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Subnormal numbers are lifted into the normal range first.
        Vector512<T> subnormal = Vector512.LessThan(x, Constant<T>(1.1754943508222875e-38, 2.2250738585072014e-308));
        Vector512<T> lifted = Vector512.ConditionalSelect(subnormal, x * Constant<T>(1 << 24, 1L << 54), x);
        Vector512<T> k = SplitExponent(lifted, out Vector512<T> m) - (subnormal & Constant<T>(24, 54));

        Vector512<T> s = (m - Vector512<T>.One) / (m + Vector512<T>.One), square = s * s;

        // artanh s = s + s³·(1/3 + s²/5 + …), the series as a polynomial in s² for |s| ≤ 0.172.
        Vector512<T> series = Constant<T>(0.14920888677710811, 0.073775226784730719);
        if (typeof(T) == typeof(double))
        {
            series = MultiplyAdd(series, square, Constant<T>(0, 0.0765928276518201688));
            series = MultiplyAdd(series, square, Constant<T>(0, 0.0909168362623308709));
            series = MultiplyAdd(series, square, Constant<T>(0, 0.111111014372056075));
            series = MultiplyAdd(series, square, Constant<T>(0, 0.142857143468671673));
        }

        series = MultiplyAdd(series, square, Constant<T>(0.199894842965877816, 0.199999999998390621));
        series = MultiplyAdd(series, square, Constant<T>(0.333333802322874082, 0.333333333333334164));

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

    /// <summary>
    /// The error function 2/√π·∫₀ˣ e^(−t²) dt: x·(1 + p(x²)) up to |x| = 1, beyond 1 − e^(−q(|x|)) with q = −ln(1 − erf),
    /// and the sign of x.
    /// </summary>
    /// <remarks>Error: 1.09 ULP for float, 0.93 for double.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Erf<T>(Vector512<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // From here on, the result rounds to 1.
        Vector512<T> magnitude = Vector512.MinNative(Constant<T>(4, 6), Vector512.Abs(x));
        Vector512<T> outer = Constant<T>(-0.000185574011512376984, -1.03910420183231434e-12);
        if (typeof(T) == typeof(double))
        {
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, 4.75194671812426596e-11));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, -1.01709572784190892e-9));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, 1.35228282689201031e-8));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, -1.24835938800407385e-7));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, 8.45224289566800132e-7));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, -4.30192574043529343e-6));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, 0.0000164220016610697687));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, -0.0000447713599195494069));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, 0.0000697535962167161989));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, 0.0000459504657851600206));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, -0.00064282608989823501));
            outer = MultiplyAdd(outer, magnitude, Constant<T>(0, 0.00177091700273043058));
        }

        outer = MultiplyAdd(outer, magnitude, Constant<T>(0.00293960738537712101, -0.000282221286867984882));
        outer = MultiplyAdd(outer, magnitude, Constant<T>(-0.0218053188699193593, -0.0190769603417285034));
        outer = MultiplyAdd(outer, magnitude, Constant<T>(0.103037370242319762, 0.102746645138548194));
        outer = MultiplyAdd(outer, magnitude, Constant<T>(0.638225675207529948, 0.63662870283379205));
        outer = MultiplyAdd(outer, magnitude, Constant<T>(1.12704003741252666, 1.12837728259265518));
        outer = MultiplyAdd(outer, magnitude, Constant<T>(0.000353719114241251409, 1.84365450495026544e-7));
        outer = Vector512<T>.One - Exp(-outer);

        Vector512<T> square = x * x, inner = Constant<T>(0.0000785384982842940885, 5.94525558422348744e-11);
        if (typeof(T) == typeof(double))
        {
            inner = MultiplyAdd(inner, square, Constant<T>(0, -1.13656706718271593e-9));
            inner = MultiplyAdd(inner, square, Constant<T>(0, 1.46578835309196535e-8));
            inner = MultiplyAdd(inner, square, Constant<T>(0, -1.63500261920772685e-7));
            inner = MultiplyAdd(inner, square, Constant<T>(0, 1.64609729541537657e-6));
            inner = MultiplyAdd(inner, square, Constant<T>(0, -0.0000149255935187282267));
            inner = MultiplyAdd(inner, square, Constant<T>(0, 0.000120553310375511081));
        }

        inner = MultiplyAdd(inner, square, Constant<T>(-0.000801020269927250679, -0.000854832697876514882));
        inner = MultiplyAdd(inner, square, Constant<T>(0.00518833048259248783, 0.00522397762478136979));
        inner = MultiplyAdd(inner, square, Constant<T>(-0.0268538145820725174, -0.0268661706450729592));
        inner = MultiplyAdd(inner, square, Constant<T>(0.112835852486056348, 0.112837916709548579));
        inner = MultiplyAdd(inner, square, Constant<T>(-0.376126258374651042, -0.376126389031837476));
        inner = MultiplyAdd(inner, square, Constant<T>(0.128379165729559368, 0.128379167095512574));
        return Vector512.ConditionalSelect(
            Vector512.LessThan(magnitude, Vector512<T>.One), MultiplyAdd(inner, x, x), Vector512.CopySign(outer, x));
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

    // x = n·ln 2 + r with n a whole number and |r| ≤ ½ ln 2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Reduce<T>(Vector512<T> x, out Vector512<T> r)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> n = RoundProduct(x, Constant<T>(1 / 0.693147180559945309, 1 / 0.693147180559945309));

        // ln 2 in two pieces (Cody and Waite, 1980): n times the first is exact.
        r = MultiplyAdd(n, Constant<T>(-0.693359375, -0.693147180369123816490), x);
        r = MultiplyAdd(n, Constant<T>(2.12194440054690583e-4, -1.90821492927058770002e-10), r);
        return n;
    }

    // (eʳ − 1 − r) / r² = 1/2! + r/3! + …, for |r| ≤ ½ ln 2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> ExpSeries<T>(Vector512<T> r)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> series = Constant<T>(0.00139468178336112595, 2.51147854804857487e-8);
        if (typeof(T) == typeof(double))
        {
            series = MultiplyAdd(series, r, Constant<T>(0, 2.76266828771564943e-7));
            series = MultiplyAdd(series, r, Constant<T>(0, 2.75572270393979286e-6));
            series = MultiplyAdd(series, r, Constant<T>(0, 0.0000248015035884016667));
            series = MultiplyAdd(series, r, Constant<T>(0, 0.000198412699039587319));
            series = MultiplyAdd(series, r, Constant<T>(0, 0.00138888889330554707));
        }

        series = MultiplyAdd(series, r, Constant<T>(0.00836675288867340186, 0.00833333333331421649));
        series = MultiplyAdd(series, r, Constant<T>(0.0416662766528777708, 0.0416666666665716908));
        series = MultiplyAdd(series, r, Constant<T>(0.166665417682305359, 0.166666666666666865));
        return MultiplyAdd(series, r, Constant<T>(0.500000006355377276, 0.500000000000000569));
    }

    // a·b to the nearest whole number: adding and subtracting 1.5·2^(p−1) rounds in the current mode, nearest even.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> RoundProduct<T>(Vector512<T> a, Vector512<T> b)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> shifter = Constant<T>(12582912, 6755399441055744);
        return MultiplyAdd(a, b, shifter) - shifter;
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
