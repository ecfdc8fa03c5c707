using Engine.Data;

namespace Engine.Tests.Backends;

/// <summary>The elementary functions of the CPU keep the errors that VectorMath states, and give the same bits on every processor.</summary>
public sealed class VectorMathTests
{
    private const int PerBinade = 8192;

    private static readonly FunctionCase[] Functions =
    [
        // e^x leaves the normal range of float at −87.3 and overflows at 88.7. The constants at the end are what came out first.
        new("exp", (x, y) => Cpu.Unary(UnaryOperation.Exp, x, y), Math.Exp, -87.3, 88.7, Ulps: 0.93, Bits: 0xFEA9AEE6),
        new("ln", (x, y) => Cpu.Unary(UnaryOperation.Log, x, y), Math.Log, 0, double.MaxValue, Ulps: 0.92, Bits: 0xB08F2BB4),
        new("tanh", (x, y) => Cpu.Unary(UnaryOperation.Tanh, x, y), Math.Tanh, -100, 100, Ulps: 2.53, Bits: 0xF8E1608D),
        new("logistic", (x, y) => Cpu.ActivationForward(Activation.Logistic, x, y), x => 1 / (1 + Math.Exp(-x)), -87.3, 100, Ulps: 2.49, Bits: 0x27400F87),
        new("erf", (x, y) => Cpu.Unary(UnaryOperation.Erf, x, y), Erf, -100, 100, Ulps: 1.09, Bits: 0x5F4F0F47),
    ];

    private static Backend Cpu => Backend.Of(Device.Cpu);

    [TestCaseSource(nameof(Functions))]
    public void Errors_in_float_are_as_stated(FunctionCase function)
    {
        float[] x = [.. Sample().Where(v => v >= function.Low && v <= function.High)];
        float[] y = function.Of(x);
        (double worst, float at) = (0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            double exact = function.Reference(x[i]);

            // The distance of floats where the result lies; below the normal range it falls no further.
            double unit = Math.Max(float.Epsilon, Math.ScaleB(1, Math.ILogB(exact) - 23)), error = exact == 0 ? Math.Abs(y[i]) : Math.Abs(y[i] - exact) / unit;
            if (!(error <= worst))
            {
                (worst, at) = (error, x[i]);
            }
        }

        TestContext.Out.WriteLine($"{worst:0.000} at {at:R}, of {x.Length}");
        Assert.That(x, Has.Length.GreaterThan(100_000));
        Assert.That(worst, Is.InRange(function.Ulps / 2, function.Ulps), $"at {at:R}");
    }

    // The test runs with every width of vector switched off in turn; that they all meet these numbers says that they agree.
    [TestCaseSource(nameof(Functions))]
    public void The_bits_do_not_depend_on_the_width_of_vectors(FunctionCase function)
    {
        float[] x = [.. Sample().Where(v => v >= function.Low && v <= function.High)];
        Tensor y = Tensor.From(function.Of(x), [x.Length]);
        Assert.That(Crc32.Of(y.Bytes), Is.EqualTo(function.Bits), $"0x{Crc32.Of(y.Bytes):X8}");
    }

    [Test]
    public void Nor_does_the_order_of_sums()
    {
        Tensor x = Numbers.Uniform(new Philox(42), [7, 5, 31, 37], DType.Float32), sum = new([7, 5, 31], DType.Float32), db = Tensor.Zeros([5]);
        Tensor y = Tensor.Like(x), mean = Tensor.Like(db), variance = Tensor.Like(db), dx = Tensor.Like(x), dgamma = Tensor.Zeros([5]), dbeta = Tensor.Zeros([5]);
        Cpu.Reduce(Reduction.Sum, x, 3, sum);
        Cpu.AccumulateBiasGradient(x, db);
        Cpu.BatchNormalizationForward(x, db, db, 1e-5, y, mean, variance, Activation.Tanh);
        Cpu.BatchNormalizationBackward(x, x, db, mean, variance, 1e-5, dx, dgamma, dbeta, Activation.Tanh, y);
        uint bits = ((Tensor[])[sum, db, y, mean, variance, dx, dgamma, dbeta]).Aggregate(0u, (crc, t) => Crc32.Append(crc, t.Bytes));
        Assert.That(bits, Is.EqualTo(0xBA41546B), $"0x{bits:X8}");
    }

    // Both signs, every binade from the subnormal numbers to the largest, its first and last number and others drawn.
    private static IEnumerable<float> Sample()
    {
        Philox random = new(41);
        for (int exponent = 0; exponent < 255; exponent++)
        {
            int share = exponent is > 110 and < 135 ? PerBinade : 64;
            for (int i = 0; i < share; i++)
            {
                int fraction = i switch { 0 => 0, 1 => (1 << 23) - 1, _ => random.NextInt(1 << 23) };
                float value = BitConverter.Int32BitsToSingle((exponent << 23) | fraction);
                yield return value;
                yield return -value;
            }
        }
    }

    // 2/√π·e^(−x²)·Σ 2ⁿ·x^(2n+1)/(1·3·5·…·(2n+1)): all terms have one sign, nothing cancels.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 5)
        {
            return Math.Sign(x);
        }

        double sum = 0, term = x;
        for (int n = 0; n < 120; n++)
        {
            sum += term;
            term *= 2 * x * x / ((2 * n) + 3);
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <param name="Name">The function.</param>
    /// <param name="Run">y = f(x) on the CPU.</param>
    /// <param name="Reference">f in double.</param>
    /// <param name="Low">The least x looked at.</param>
    /// <param name="High">The greatest x looked at.</param>
    /// <param name="Ulps">The error stated, in units in the last place.</param>
    /// <param name="Bits">A checksum of the results.</param>
    public sealed record FunctionCase(
        string Name, Action<Tensor, Tensor> Run, Func<double, double> Reference, double Low, double High, double Ulps, uint Bits)
    {
        public float[] Of(float[] numbers)
        {
            Tensor x = Tensor.From(numbers, [numbers.Length]), y = Tensor.Like(x);
            Run(x, y);
            return y.AsSpan<float>().ToArray();
        }

        public override string ToString() => Name;
    }
}
