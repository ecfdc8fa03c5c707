using Engine.Backends.Cpu;

namespace Engine.Tests.Backends;

[NonParallelizable]
public sealed class ConvolutionTests
{
    private const double Roundoff32 = 1.0 / (1 << 24);
    private const double Roundoff64 = 1.0 / (1L << 53);

    private int threads;

    [SetUp]
    public void Remember() => threads = WorkerPool.Threads;

    [TearDown]
    public void Restore() => WorkerPool.Threads = threads;

    [Test]
    public void All_three_directions_agree_with_the_definition_for_random_windows([Range(1, 150)] int seed)
    {
        ConvolutionCase c = ConvolutionCase.Random(new Philox((ulong)seed));
        Check(c, seed, "forward", c.Forward(DType.Float64), c.Forward(DType.Float32), c.DefinitionOfForward(), c.Depth + 1);
        Check(c, seed, "data", c.BackwardData(DType.Float64), c.BackwardData(DType.Float32), c.DefinitionOfBackwardData(), c.ProductsPerPixel);
        Check(c, seed, "weights", c.BackwardWeights(DType.Float64), c.BackwardWeights(DType.Float32), c.DefinitionOfBackwardWeights(), c.ProductsPerWeight + 1);
    }

    [TestCase(64, 1, 32, 6, 5, 0, 1, TestName = "LeNet-5, first convolution")]
    [TestCase(8, 6, 14, 16, 5, 0, 1, TestName = "LeNet-5, second convolution")]
    [TestCase(64, 16, 5, 120, 5, 0, 1, TestName = "LeNet-5, third convolution: the whole image")]
    [TestCase(2, 32, 32, 32, 3, 1, 1, TestName = "VGG, same size")]
    [TestCase(3, 40, 7, 24, 1, 0, 1, TestName = "ResNet, one pixel")]
    [TestCase(20, 24, 4, 32, 3, 1, 1, TestName = "ResNet, small images")]
    [TestCase(1, 4, 200, 4, 3, 1, 1, TestName = "An image too large for one job")]
    [TestCase(1, 3, 60, 16, 7, 3, 2, TestName = "ResNet, stem")]
    public void Networks_of_the_field_agree_with_the_definition(int images, int channels, int size, int outputs, int kernel, int padding, int stride)
    {
        const int Seed = 7;
        ConvolutionCase c = new(new Philox(Seed), [images, channels, size, size], outputs, 1, new Window(kernel, stride, 1, padding, padding), true);
        Check(c, Seed, "forward", c.Forward(DType.Float64), c.Forward(DType.Float32), c.DefinitionOfForward(), c.Depth + 1);
        Check(c, Seed, "data", c.BackwardData(DType.Float64), c.BackwardData(DType.Float32), c.DefinitionOfBackwardData(), c.ProductsPerPixel);
        Check(c, Seed, "weights", c.BackwardWeights(DType.Float64), c.BackwardWeights(DType.Float32), c.DefinitionOfBackwardWeights(), c.ProductsPerWeight + 1);
    }

    [Test]
    public void Backward_is_the_adjoint_of_forward([Range(1, 40)] int seed)
    {
        // ⟨w ∗ x, g⟩ = ⟨x, dx⟩ = ⟨w, dw⟩, whatever the method: no definition is consulted.
        ConvolutionCase c = ConvolutionCase.Random(new Philox((ulong)seed, 2), bias: false);
        (double forward, double size) = Inner(c.Forward(DType.Float64), c.G);
        (double data, _) = Inner(c.BackwardData(DType.Float64), c.X);
        (double weights, _) = Inner(c.BackwardWeights(DType.Float64, startFromZero: true), c.W);
        double bound = 64 * c.G.ElementCount * Roundoff64 * Math.Max(1, size);
        Assert.That(data, Is.EqualTo(forward).Within(bound), $"seed {seed}, {c}");
        Assert.That(weights, Is.EqualTo(forward).Within(bound), $"seed {seed}, {c}");
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads([Range(1, 20)] int seed)
    {
        ConvolutionCase c = ConvolutionCase.Random(new Philox((ulong)seed, 3), images: 19);
        WorkerPool.Threads = 1;
        float[] y = Bits(c.Forward(DType.Float32)), dx = Bits(c.BackwardData(DType.Float32)), dw = Bits(c.BackwardWeights(DType.Float32));
        for (int count = 2; count <= 3; count++)
        {
            WorkerPool.Threads = count;
            Assert.That(Bits(c.Forward(DType.Float32)).AsSpan().SequenceEqual(y), $"forward, seed {seed}, {c}, {count} threads");
            Assert.That(Bits(c.BackwardData(DType.Float32)).AsSpan().SequenceEqual(dx), $"data, seed {seed}, {c}, {count} threads");
            Assert.That(Bits(c.BackwardWeights(DType.Float32)).AsSpan().SequenceEqual(dw), $"weights, seed {seed}, {c}, {count} threads");
        }
    }

    [Test]
    public void In_the_long_run_a_convolution_allocates_nothing()
    {
        WorkerPool.Threads = 1;
        Window window = new(3, 1, 1, 1, 1);
        Tensor x = Tensor.Zeros([16, 8, 14, 14]), w = Tensor.Zeros([12, 8, 3, 3]), bias = Tensor.Zeros([12]), y = Tensor.Zeros([16, 12, 14, 14]);
        Backend backend = Backend.Of(x);
        void Step()
        {
            backend.ConvolutionForward(x, w, bias, window, 1, y);
            backend.ConvolutionBackwardData(w, y, window, 1, x);
            backend.AccumulateConvolutionBackwardWeights(x, y, window, 1, w);
        }

        Step();
        long managed = GC.GetAllocatedBytesForCurrentThread(), tensors = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
        for (int i = 0; i < 10; i++)
        {
            Step();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - managed, Is.Zero);
        Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes - tensors, Is.Zero);
    }

    [Test]
    public void Tensors_that_do_not_fit_are_refused_with_their_shapes()
    {
        Window window = new(3, 1, 1, 1, 1);
        Tensor x = Tensor.Zeros([2, 4, 8, 8]), w = Tensor.Zeros([6, 4, 3, 3]), y = Tensor.Zeros([2, 6, 8, 8]);
        Backend backend = Backend.Of(x);
        Assert.That(
            () => backend.ConvolutionForward(x, Tensor.Zeros([6, 3, 3, 3]), null, window, 1, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 4, 8, 8]").And.Message.Contains("[6, 3, 3, 3]"));
        Assert.That(
            () => backend.ConvolutionForward(x, w, null, window, 1, Tensor.Zeros([2, 6, 7, 8])),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 6, 8, 8]").And.Message.Contains("[2, 6, 7, 8]"));
        Assert.That(
            () => backend.ConvolutionForward(x, w, Tensor.Zeros([4]), window, 1, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("biases"));
        Assert.That(
            () => backend.ConvolutionForward(x, w, null, window with { Stride = 0 }, 1, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("stride"));
        Assert.That(
            () => backend.ConvolutionBackwardData(w.To(DType.Float64), y, window, 1, x),
            Throws.TypeOf<ShapeException>().With.Message.Contains("Float64"));
    }

    // Sums of n products in any order, fused or not: |error| ≤ γ(n + 1)·Σ|terms| (Higham, Accuracy and Stability, 3.1).
    private static void Check(ConvolutionCase c, int seed, string direction, Tensor y64, Tensor y32, Sums expected, int products)
    {
        double bound64 = (products + 2) * Roundoff64, bound32 = 4 * Math.Sqrt(products) * Roundoff32;
        for (int i = 0; i < expected.Values.Length; i++)
        {
            if (Math.Abs(y64.GetFlat(i) - expected.Values[i]) > bound64 * expected.Magnitudes[i]
                || Math.Abs(y32.GetFlat(i) - expected.Values[i]) > bound32 * expected.Magnitudes[i])
            {
                Assert.Fail(
                    $"{direction}, seed {seed}, {c}, element {i}: expected {expected.Values[i]:R} ± {bound64 * expected.Magnitudes[i]:G3} "
                    + $"(Float32 ± {bound32 * expected.Magnitudes[i]:G3}), got {y64.GetFlat(i):R} and {y32.GetFlat(i):R}.");
            }
        }

        Assert.That(y64.ElementCount, Is.EqualTo(expected.Values.Length));
    }

    private static float[] Bits(Tensor tensor) => tensor.AsSpan<float>().ToArray();

    private static (double Sum, double Size) Inner(Tensor a, Tensor b)
    {
        double sum = 0, size = 0;
        for (int i = 0; i < a.ElementCount; i++)
        {
            sum += a.GetFlat(i) * b.GetFlat(i);
            size = Math.Max(size, Math.Abs(a.GetFlat(i) * b.GetFlat(i)));
        }

        return (sum, size);
    }
}
