using Engine.Backends.Cpu;

namespace Engine.Tests.Backends;

/// <summary>Convolutions with windows of one pixel and weights in strips: places as lanes. Weights are prepared for one image, and serve several.</summary>
[NonParallelizable]
public sealed class StripConvolutionTests
{
    private const int Rank = 1;

    // So many outputs: strips of every height; so many places: panels of one and two vectors, whole and ragged.
    [Test]
    public void Strips_of_every_height_agree_with_the_definition([Range(1, 30)] int outputs, [Values(48, 49, 65, 81)] int places)
    {
        ConvolutionCase c = new(
            new Philox((ulong)outputs, (ulong)places), [1 + (outputs % 2), 1 + (outputs % 7), 1, places], outputs, 1, new Window(1, 1, 1, 0, 0), outputs % 2 == 0);
        AgreesWithTheDefinition(c);
    }

    [TestCase(1, 520, 14, 70, 1, TestName = "Few places, all of them for every job, in three blocks of channels")]
    [TestCase(1, 300, 31, 20, 1, TestName = "Many places, dealt out to the jobs, in two blocks of channels")]
    [TestCase(1, 40, 29, 600, 1, TestName = "Many places and more outputs than a job takes")]
    [TestCase(3, 20, 7, 33, 1, TestName = "Few places in three images")]
    [TestCase(9, 20, 11, 33, 1, TestName = "Many places in nine images")]
    [TestCase(1, 24, 15, 40, 2, TestName = "A stride of two over an odd number of columns")]
    [TestCase(2, 9, 34, 17, 2, TestName = "A stride of two over an even number of columns in two images")]
    [TestCase(2, 9, 40, 17, 3, TestName = "A stride of three in two images")]
    public void All_sizes_agree_with_the_definition(int images, int channels, int size, int outputs, int stride) =>
        AgreesWithTheDefinition(new ConvolutionCase(
            new Philox(11), [images, channels, size, size], outputs, 1, new Window(1, stride, 1, 0, 0), true));

    [TestCase(Activation.Relu)]
    [TestCase(Activation.Tanh)]
    public void An_activation_is_that_of_the_sums(Activation activation)
    {
        ConvolutionCase c = new(new Philox(12), [1, 12, 9, 9], 31, 1, new Window(1, 1, 1, 0, 0), true);
        Tensor y = c.ForwardPrepared(DType.Float64, Rank), activated = c.ForwardPrepared(DType.Float64, Rank, activation);
        for (int i = 0; i < y.ElementCount; i++)
        {
            double expected = activation == Activation.Relu ? Math.Max(0, y.GetFlat(i)) : Math.Tanh(y.GetFlat(i));
            Assert.That(activated.GetFlat(i), Is.EqualTo(expected).Within(1e-15), $"element {i}");
        }
    }

    // The order of additions is the same: products, bias, addend.
    [Test]
    public void An_addend_is_added_before_the_activation_to_the_bit(
        [Values(1, 2, 15)] int outputs, [Values(48, 49, 65, 900)] int places, [Values] bool bias, [Values] bool inPlace, [Values(null, Activation.Relu, Activation.Tanh)] Activation? activation)
    {
        ConvolutionCase c = new(new Philox(14), [2, 300, 1, places], outputs, 1, new Window(1, 1, 1, 0, 0), bias);
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            Tensor expected = c.ForwardPrepared(dtype, Rank, images: 1), addend = c.G.To(dtype);
            Backend.Of(expected).Binary(BinaryOperation.Add, expected, addend, expected, activation);
            Assert.That(c.ForwardAndAdd(dtype, prepare: true, inPlace, activation: activation).Bytes.ToArray(), Is.EqualTo(expected.Bytes.ToArray()), $"{dtype}");
        }
    }

    [Test]
    public void An_addend_of_another_shape_is_refused()
    {
        Tensor x = Tensor.Zeros([1, 4, 7, 7]), y = Tensor.Zeros([1, 5, 7, 7]), strips = Backend.Of(x).PrepareConvolution(Tensor.Zeros([5, 4, 1, 1]), x.Shape, new Window(1, 1, 1, 0, 0), 1)!;
        Assert.That(
            () => Backend.Of(x).ConvolutionForwardAndAdd(x, strips, null, new Window(1, 1, 1, 0, 0), 1, Tensor.Zeros([1, 5, 1, 1]), y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[1, 5, 1, 1]"));
    }

    [TestCase(14)]
    [TestCase(30)]
    public void Any_number_of_threads_gives_the_same_bits(int size)
    {
        ConvolutionCase c = new(new Philox(13), [1, 300, size, size], 90, 1, new Window(1, 1, 1, 0, 0), true);
        int threads = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = 1;
            float[] alone = c.ForwardPrepared(DType.Float32, Rank).AsSpan<float>().ToArray();
            WorkerPool.Threads = 3;
            Assert.That(c.ForwardPrepared(DType.Float32, Rank).AsSpan<float>().ToArray(), Is.EqualTo(alone));
        }
        finally
        {
            WorkerPool.Threads = threads;
        }
    }

    private static void AgreesWithTheDefinition(ConvolutionCase c)
    {
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            c.DefinitionOfForward().AssertIs(c.ForwardPrepared(dtype, Rank, images: 1), c.Depth + 1, $"{dtype}, {c}");
        }
    }
}
