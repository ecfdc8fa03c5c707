using Engine.Backends.Cpu;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Winograd;
using Engine.Tests.House;

namespace Engine.Tests.Backends;

/// <summary>The back end's convolutions of 3×3 in Float32, most of them by Winograd's methods: parity, bits, prepared weights.</summary>
[NonParallelizable]
public sealed class WinogradChoiceTests
{
    private static readonly Window Same = new(3, 1, 1, 1, 1);

    private int threads;

    [SetUp]
    public void Remember() => threads = WorkerPool.Threads;

    [TearDown]
    public void Restore() => WorkerPool.Threads = threads;

    [Test]
    public void All_three_directions_stay_within_the_bound_on_rounding([Range(1, 24)] int seed)
    {
        ConvolutionCase c = Random(seed, out string what);
        c.DefinitionOfForward().AssertIs(c.Forward(DType.Float32), c.Depth + 1, $"forward, {what}");
        c.DefinitionOfBackwardData().AssertIs(c.BackwardData(DType.Float32), c.ProductsPerPixel, $"data, {what}");
        c.DefinitionOfBackwardWeights().AssertIs(c.BackwardWeights(DType.Float32), c.ProductsPerWeight + 1, $"weights, {what}");
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads([Range(1, 8)] int seed)
    {
        ConvolutionCase c = Random(seed, out string what);
        WorkerPool.Threads = 1;
        float[] y = Bits(c.Forward(DType.Float32)), dx = Bits(c.BackwardData(DType.Float32)), dw = Bits(c.BackwardWeights(DType.Float32));
        WorkerPool.Threads = 2;
        Assert.That(Bits(c.Forward(DType.Float32)).AsSpan().SequenceEqual(y), $"forward, {what}");
        Assert.That(Bits(c.BackwardData(DType.Float32)).AsSpan().SequenceEqual(dx), $"data, {what}");
        Assert.That(Bits(c.BackwardWeights(DType.Float32)).AsSpan().SequenceEqual(dw), $"weights, {what}");
    }

    [TestCase(4, 64, 64, 56, 36, TestName = "Large images of few channels: tiles of 4×4, prepared")]
    [TestCase(1, 320, 512, 14, 16, TestName = "Small images of many channels: tiles of 2×2, prepared")]
    [TestCase(1, 27, 29, 33, 36, TestName = "Channels that do not fill vectors, prepared")]
    public void Prepared_weights_stay_within_the_same_bound(int images, int channels, int outputs, int size, int points)
    {
        Philox random = new(3);
        Tensor x = Normal(random, [images, channels, size, size]), w = Normal(random, [outputs, channels, 3, 3]), bias = Normal(random, [outputs]);
        Backend backend = Backend.Of(x);
        Tensor prepared = backend.PrepareConvolution(w, x.Shape, Same, 1)!;
        Assert.That(prepared.Shape[0], Is.EqualTo(points));

        Tensor y = Numbers.Filled([images, outputs, size, size], DType.Float32, double.NaN);
        Tensor reference = Tensor.Zeros(y.Shape, DType.Float64), magnitudes = Tensor.Zeros(y.Shape, DType.Float64);
        backend.ConvolutionForward(x, prepared, bias, Same, 1, y, Activation.Relu);
        backend.ConvolutionForward(x.To(DType.Float64), w.To(DType.Float64), bias.To(DType.Float64), Same, 1, reference, Activation.Relu);
        backend.ConvolutionForward(Magnitudes(x), Magnitudes(w), Magnitudes(bias), Same, 1, magnitudes);
        double roundings = 4 * Math.Sqrt(channels * 9) * Numbers.Roundoff(DType.Float32);
        for (int i = 0; i < y.ElementCount; i++)
        {
            Assert.That(y.GetFlat(i), Is.EqualTo(reference.GetFlat(i)).Within(roundings * magnitudes.GetFlat(i)), $"element {i}");
        }
    }

    [Test]
    public void Weights_for_other_methods_are_not_brought_to_points()
    {
        Backend backend = Backend.Of(Device.Cpu);
        void HasPanels(Tensor w, Window window, int channels, int groups, string what, int rank = 2) =>
            Assert.That(backend.PrepareConvolution(w, [1, channels, 56, 56], window, groups)?.Shape.Rank, Is.EqualTo(rank), what);

        HasPanels(Tensor.Zeros([64, 3, 3, 3]), Same, 3, 1, "three channels");
        HasPanels(Tensor.Zeros([64, 64, 1, 1]), new Window(1, 1, 1, 0, 0), 64, 1, "one pixel: strips", rank: 1);
        HasPanels(Tensor.Zeros([64, 64, 3, 3]), Same with { Stride = 2 }, 64, 1, "stride 2");
        HasPanels(Tensor.Zeros([64, 32, 3, 3]), Same, 64, 2, "groups");
        HasPanels(Tensor.Zeros([64, 64, 3, 3], DType.Float64), Same, 64, 1, "Float64");
    }

    [Test]
    public void Prepared_weights_that_do_not_fit_are_refused_with_their_shapes()
    {
        Backend backend = Backend.Of(Device.Cpu);
        Tensor x = Tensor.Zeros([1, 64, 56, 56]), y = Tensor.Zeros([1, 64, 56, 56]);
        Tensor prepared = backend.PrepareConvolution(Tensor.Zeros([64, 64, 3, 3]), x.Shape, Same, 1)!;
        Assert.That(
            () => backend.ConvolutionForward(Tensor.Zeros([1, 32, 56, 56]), prepared, null, Same, 1, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[1, 32, 56, 56]").And.Message.Contains(prepared.Shape.ToString()));
        Assert.That(
            () => backend.ConvolutionForward(x, prepared, null, Same with { Stride = 2 }, 1, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("stride"));
        Assert.That(
            () => backend.ConvolutionForward(x, prepared, null, Same, 1, Tensor.Zeros([1, 80, 56, 56])),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[1, 80, 56, 56]"));
        Assert.That(
            () => backend.ConvolutionForward(x, prepared, Tensor.Zeros([63]), Same, 1, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("biases"));
    }

    [Test]
    public void In_the_long_run_a_convolution_allocates_nothing()
    {
        WorkerPool.Threads = 1;
        Tensor x = Tensor.Zeros([4, 32, 30, 30]), w = Tensor.Zeros([48, 32, 3, 3]), bias = Tensor.Zeros([48]), y = Tensor.Zeros([4, 48, 30, 30]);
        Backend backend = Backend.Of(x);
        Tensor prepared = backend.PrepareConvolution(w, x.Shape, Same, 1)!;
        void Step()
        {
            backend.ConvolutionForward(x, w, bias, Same, 1, y);
            backend.ConvolutionForward(x, prepared, bias, Same, 1, y, Activation.Relu);
            backend.ConvolutionBackwardData(w, y, Same, 1, x);
            backend.ConvolutionBackwardWeights(x, y, Same, 1, w);
        }

        Step();
        long tensors = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
        Assert.That(Allocations.Of(Step), Is.Zero);
        Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes - tensors, Is.Zero);
    }

    // Odd sizes, ragged tiles, channels that are multiples of nothing; few enough that the definition can be worked out.
    private static ConvolutionCase Random(int seed, out string what)
    {
        Philox random = new((ulong)seed, 12);
        int Between(int low, int high) => low + random.NextInt(high - low + 1);
        int Channels() => Between(0, 3) switch { 0 => Between(12, 16), 1 => Between(24, 32), 2 => Between(37, 48), _ => 64 };
        Shape x = [Between(1, 3), Channels(), Between(3, 21), Between(3, 21)];
        Window window = new(3, 1, 1, (Between(0, 2), Between(0, 2)), (Between(0, 2), Between(0, 2)));
        ConvolutionCase c = new(random, x, Channels(), 1, window, bias: true);
        what = $"seed {seed}, {c}, {WinogradChoice.For(new Geometry(c.X.Shape, c.W.Shape, window, 1))}";
        return c;
    }

    private static Tensor Normal(Philox random, Shape shape)
    {
        Tensor tensor = new(shape);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = (float)random.NextNormal();
        }

        return tensor;
    }

    private static Tensor Magnitudes(Tensor tensor)
    {
        Tensor magnitudes = tensor.To(DType.Float64);
        foreach (ref double value in magnitudes.AsSpan<double>())
        {
            value = Math.Abs(value);
        }

        return magnitudes;
    }

    private static float[] Bits(Tensor tensor) => tensor.AsSpan<float>().ToArray();
}
