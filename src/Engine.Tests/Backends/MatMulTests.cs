using Engine.Backends.Cpu;

namespace Engine.Tests.Backends;

[NonParallelizable]
public sealed class MatMulTests
{
    private const double Roundoff32 = 1.0 / (1 << 24);
    private const double Roundoff64 = 1.0 / (1L << 53);

    private int threads;

    [SetUp]
    public void Remember() => threads = WorkerPool.Threads;

    [TearDown]
    public void Restore() => WorkerPool.Threads = threads;

    [Test]
    public void The_product_agrees_with_the_definition_for_random_shapes([Range(1, 120)] int seed)
    {
        Philox random = new((ulong)seed);
        Case c = Case.Random(random);
        double[] expected = c.Definition(out double[] magnitude);

        // Sums of K products in any order, fused or not: |error| ≤ γ(K + 1)·Σ|a||b| (Higham, Accuracy and Stability, 3.1).
        Tensor y64 = c.Run(DType.Float64);
        double bound64 = (c.K + 2) * Roundoff64, bound32 = 4 * Math.Sqrt(c.K + 1) * Roundoff32;
        Tensor y32 = c.Run(DType.Float32);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(y64.GetFlat(i), Is.EqualTo(expected[i]).Within(bound64 * magnitude[i]), $"Float64, seed {seed}, {c}, element {i}");
            Assert.That(y32.GetFlat(i), Is.EqualTo(expected[i]).Within(bound32 * magnitude[i]), $"Float32, seed {seed}, {c}, element {i}");
        }
    }

    [Test]
    public void A_matrix_too_large_to_be_packed_at_once_is_multiplied_in_slabs([Values] bool transposeB)
    {
        // 72 MB of b, of which 32 MB are packed at a time. b is ones but for its last, a has one number per row: all sums are exact.
        const int M = 50, K = 9000, N = 2000;
        Tensor a = Tensor.Zeros([M, K]), b = Filled(1, transposeB ? [N, K] : [K, N]), y = Filled(double.NaN, [M, N]);
        for (int i = 0; i < M; i++)
        {
            a.SetFlat((i * K) + (K - 1 - i), i + 1);
        }

        b.SetFlat(transposeB ? ((N - 1) * K) + K - 1 : ((K - 1) * N) + N - 1, 3);
        Backend.Of(y).MatMul(a, b, y, transposeB: transposeB);
        for (int i = 0; i < M; i++)
        {
            Assert.That(y.GetFlat(i * N), Is.EqualTo(i + 1));
            Assert.That(y.GetFlat((i * N) + N - 1), Is.EqualTo(i == 0 ? 3 : i + 1));
            Assert.That(y.AsSpan<float>().Slice(i * N, N - 1).ToArray(), Is.All.EqualTo(i + 1));
        }
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads([Range(1, 12)] int seed)
    {
        Philox random = new((ulong)seed, 1);
        Case c = Case.Random(random, large: true);
        WorkerPool.Threads = 1;
        float[] serial = c.Run(DType.Float32).AsSpan<float>().ToArray();
        for (int count = 2; count <= 3; count++)
        {
            WorkerPool.Threads = count;
            Assert.That(c.Run(DType.Float32).AsSpan<float>().SequenceEqual(serial), $"seed {seed}, {c}, {count} threads");
        }
    }

    [Test]
    public void Nothing_beyond_the_operands_is_read_or_written()
    {
        // In an arena tensors lie side by side, these without gaps: reading beyond one poisons the product with NaN.
        using StepScope step = Device.Cpu.BeginStep();
        Tensor a = Filled(1, [16, 16]), wall1 = Filled(double.NaN, [16]), b = Filled(1, [16, 19]), wall2 = Filled(double.NaN, [16]);
        Tensor y = Filled(0, [16, 19]), wall3 = Filled(double.NaN, [16]);
        Backend.Of(y).MatMul(a, b, y);
        Assert.That(y.AsSpan<float>().ToArray(), Is.All.EqualTo(16));
        foreach (Tensor wall in (Tensor[])[wall1, wall2, wall3])
        {
            Assert.That(wall.AsSpan<float>().ToArray(), Is.All.NaN);
        }
    }

    [Test]
    public void In_the_long_run_a_product_allocates_nothing([Values] bool transposeA, [Values] bool transposeB)
    {
        WorkerPool.Threads = 2;
        Tensor a = Tensor.Zeros(transposeA ? [300, 130] : [130, 300]), b = Tensor.Zeros(transposeB ? [90, 300] : [300, 90]);
        Tensor y = Tensor.Zeros([130, 90]), bias = Tensor.Zeros([90]);
        Backend backend = Backend.Of(y);
        backend.MatMul(a, b, y, transposeA, transposeB, bias);
        long managed = GC.GetAllocatedBytesForCurrentThread(), tensors = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
        for (int i = 0; i < 20; i++)
        {
            backend.MatMul(a, b, y, transposeA, transposeB, bias);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - managed, Is.Zero);
        Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes - tensors, Is.Zero);
    }

    [Test]
    public void Operands_that_do_not_fit_are_refused_with_their_shapes()
    {
        Tensor a = Tensor.Zeros([3, 4]), b = Tensor.Zeros([4, 5]);
        Backend backend = Backend.Of(a);
        Assert.That(() => backend.MatMul(a, b, Tensor.Zeros([5, 3])), Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 5]").And.Message.Contains("[5, 3]"));
        Assert.That(() => backend.MatMul(a, a, Tensor.Zeros([3, 4])), Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 4]"));
        Assert.That(() => backend.MatMul(a, b, Tensor.Zeros([3, 5]), bias: Tensor.Zeros([3])), Throws.TypeOf<ShapeException>().With.Message.Contains("bias"));
        Assert.That(() => backend.MatMul(a, b, Tensor.Zeros([3, 5], DType.Float64)), Throws.TypeOf<ShapeException>().With.Message.Contains("Float64"));
        Assert.That(
            () => backend.MatMul(a, b, Tensor.Zeros([3, 5]), bias: Tensor.Zeros([5]), accumulate: true), Throws.ArgumentException);
    }

    private static Tensor Filled(double value, Shape shape)
    {
        Tensor tensor = new(shape);
        tensor.AsSpan<float>().Fill((float)value);
        return tensor;
    }

    private sealed class Case
    {
        private readonly Tensor a;
        private readonly Tensor b;
        private readonly Tensor y;
        private readonly Tensor? bias;
        private readonly bool transposeA;
        private readonly bool transposeB;
        private readonly bool accumulate;
        private readonly MatMulShape sizes;

        private Case(Philox random, MatMulShape sizes, bool transposeA, bool transposeB, bool bias, bool accumulate)
        {
            (int batch, int m, int n, int k, bool shared) = sizes;
            (this.sizes, this.transposeA, this.transposeB, this.accumulate) = (sizes, transposeA, transposeB, accumulate);
            a = Fill(random, batch, transposeA ? k : m, transposeA ? m : k);
            b = Fill(random, shared ? 0 : batch, transposeB ? n : k, transposeB ? k : n);
            y = Fill(random, batch, m, n);
            this.bias = bias ? Fill(random, 0, 1, n).Reshape([n]) : null;
        }

        public int K => sizes.K;

        public static Case Random(Philox random, bool large = false)
        {
            int Size() => random.NextInt(3) switch
            {
                0 => 1 + random.NextInt(9),
                1 => 1 + random.NextInt(70),
                _ => 1 + random.NextInt(130),
            };

            MatMulShape sizes = large
                ? new(1 + random.NextInt(3), 60 + random.NextInt(100), 60 + random.NextInt(200), 60 + random.NextInt(300), random.NextInt(2) == 0)
                : new(random.NextInt(2) == 0 ? 1 : 1 + random.NextInt(4), Size(), Size(), random.NextInt(8) == 0 ? 600 : Size(), random.NextInt(2) == 0);
            int extra = random.NextInt(3);
            return new Case(random, sizes, random.NextInt(2) == 0, random.NextInt(2) == 0, extra == 1, extra == 2);
        }

        public Tensor Run(DType dtype)
        {
            Tensor result = y.To(dtype).Clone();
            Backend.Of(result).MatMul(a.To(dtype), b.To(dtype), result, transposeA, transposeB, bias?.To(dtype), accumulate);
            return result;
        }

        public double[] Definition(out double[] magnitude)
        {
            (int batch, int m, int n, int k, bool shared) = sizes;
            double[] result = new double[batch * m * n];
            magnitude = new double[result.Length];
            for (int z = 0; z < batch; z++)
            {
                for (int i = 0; i < m; i++)
                {
                    for (int j = 0; j < n; j++)
                    {
                        int at = (((z * m) + i) * n) + j;
                        double sum = accumulate ? y.GetFlat(at) : bias is null ? 0 : bias.GetFlat(j), size = Math.Abs(sum);
                        for (int l = 0; l < k; l++)
                        {
                            double left = a.GetFlat((z * m * k) + (transposeA ? (l * m) + i : (i * k) + l));
                            double right = b.GetFlat((shared ? 0 : z * k * n) + (transposeB ? (j * k) + l : (l * n) + j));
                            sum += left * right;
                            size += Math.Abs(left * right);
                        }

                        (result[at], magnitude[at]) = (sum, size);
                    }
                }
            }

            return result;
        }

        public override string ToString() =>
            $"{sizes}{(transposeA ? " Aᵀ" : "")}{(transposeB ? " Bᵀ" : "")}{(bias is null ? "" : " bias")}{(accumulate ? " accumulate" : "")}";

        // Exact in Float32, so that both types multiply the same numbers.
        private static Tensor Fill(Philox random, int batch, int rows, int columns)
        {
            Tensor tensor = new(batch == 0 ? [rows, columns] : [batch, rows, columns], DType.Float64);
            foreach (ref double value in tensor.AsSpan<double>())
            {
                value = (float)random.NextNormal();
            }

            return tensor;
        }
    }
}
