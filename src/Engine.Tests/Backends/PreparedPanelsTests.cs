using Engine.Tests.House;

namespace Engine.Tests.Backends;

/// <summary>Convolutions with output channels as lanes: every height and width of their tiles, with weights as they are and prepared.</summary>
[NonParallelizable]
public sealed class PreparedPanelsTests
{
    // One row of so many places: the kernel's tiles get every height; so many outputs: every width, whole and ragged.
    [Test]
    public void Tiles_of_every_size_agree_with_the_definition([Range(1, 30)] int places, [Values(12, 16, 31, 48, 77)] int outputs)
    {
        ConvolutionCase c = new(new Philox((ulong)places, 5), [1 + (places % 3), 1 + (places % 5), 3, places + 2], outputs, 1, new Window(3, 1, 1, 0, 0), places % 2 == 0);
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            c.DefinitionOfForward().AssertIs(c.Forward(dtype), c.Depth + 1, $"forward, {c}");
            c.DefinitionOfBackwardData().AssertIs(c.BackwardData(dtype), c.ProductsPerPixel, $"data, {c}");
            c.DefinitionOfBackwardWeights().AssertIs(c.BackwardWeights(dtype), c.ProductsPerWeight + 1, $"weights, {c}");
        }
    }

    [TestCase(1, 40, 6, 96, 1, 1, 0, 1, TestName = "A window of one pixel over 36 places, prepared")]
    [TestCase(1, 200, 5, 64, 1, 1, 0, 2, TestName = "A window of one pixel with stride 2, in parts along the depth, prepared")]
    [TestCase(2, 12, 9, 64, 2, 3, 1, 2, TestName = "Two groups and stride 2 in two images, prepared")]
    [TestCase(1, 3, 23, 31, 1, 7, 3, 2, TestName = "A large window over three channels and outputs that do not fill vectors, prepared")]
    public void Prepared_weights_agree_with_the_definition(int images, int channels, int size, int outputs, int groups, int kernel, int padding, int stride)
    {
        ConvolutionCase c = new(
            new Philox(9), [images, channels, size, size], outputs, groups, new Window(kernel, stride, 1, padding, padding), true);
        c.DefinitionOfForward().AssertIs(c.ForwardPrepared(DType.Float32, 2), c.Depth + 1, $"{c}");
        c.DefinitionOfForward().AssertIs(c.ForwardPrepared(DType.Float64, 2), c.Depth + 1, $"{c}");
        Tensor plain = c.ForwardPrepared(DType.Float32, 2), rectified = c.ForwardPrepared(DType.Float32, 2, Activation.Relu);
        for (int i = 0; i < plain.ElementCount; i++)
        {
            Assert.That(rectified.GetFlat(i), Is.EqualTo(Math.Max(0, plain.GetFlat(i))), $"element {i}");
        }
    }

    [Test]
    public void Channels_that_do_not_mix_agree_with_the_definition(
        [Values(1, 5, 16, 17, 33, 70)] int width, [Values(1, 2, 3)] int stride, [Values(1, 2)] int multiplier, [Values(1, 2)] int dilation)
    {
        Window window = new(3, stride, dilation, 1, 2, width % 2 == 0 ? PaddingMode.Zero : PaddingMode.Mirror);
        ConvolutionCase c = new(new Philox((ulong)width, 6), [2, 3, 9, width + 4], 3 * multiplier, 3, window, stride == 2);
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            c.DefinitionOfForward().AssertIs(c.Forward(dtype), c.Depth + 1, $"forward, {c}");
            c.DefinitionOfBackwardData().AssertIs(c.BackwardData(dtype), c.ProductsPerPixel, $"data, {c}");
            c.DefinitionOfBackwardWeights().AssertIs(c.BackwardWeights(dtype), c.ProductsPerWeight + 1, $"weights, {c}");
        }
    }

    [TestCase(6, 2, TestName = "Prepared weights that do not fit are refused with their shapes")]
    [TestCase(7, 1, TestName = "Weights in strips that do not fit are refused with their shapes")]
    public void Weights_that_do_not_fit_are_refused_with_their_shapes(int size, int rank)
    {
        Backend backend = Backend.Of(Device.Cpu);
        Window one = new(1, 1, 1, 0, 0);
        Tensor x = Tensor.Zeros([1, 64, size, size]), y = Tensor.Zeros([1, 96, size, size]);
        Tensor prepared = backend.PrepareConvolution(Tensor.Zeros([96, 64, 1, 1]), x.Shape, one, 1)!;
        Assert.That(prepared.Shape.Rank, Is.EqualTo(rank));
        void Refused(Tensor x, Tensor? bias, Window window, int groups, Tensor y, string part) => Assert.That(
            () => backend.ConvolutionForward(x, prepared, bias, window, groups, y), Throws.TypeOf<ShapeException>().With.Message.Contains(part));

        Refused(Tensor.Zeros([1, 32, size, size]), null, one, 1, y, $"[1, 32, {size}, {size}]");
        Refused(x, null, new Window(2, 1, 1, 0, 0), 1, y, "kernel");
        Refused(x, null, one, 2, y, "groups");
        Refused(x, null, one, 1, Tensor.Zeros([1, 128, size, size]), $"[1, 128, {size}, {size}]");
        Refused(x, null, one, 1, Tensor.Zeros([1, 96, size, 5]), $"[1, 96, {size}, 5]");
        Refused(x, Tensor.Zeros([95]), one, 1, y, "biases");
    }

    [Test]
    public void In_the_long_run_prepared_weights_allocate_nothing([Values(4, 14, 28)] int size, [Values(1, 2)] int stride)
    {
        Window window = new(1, stride, 1, 0, 0);
        int places = ((size - 1) / stride) + 1;
        Tensor x = Tensor.Zeros([1, 64, size, size]), w = Tensor.Zeros([96, 64, 1, 1]), bias = Tensor.Zeros([96]), y = Tensor.Zeros([1, 96, places, places]);
        Backend backend = Backend.Of(x);
        Tensor prepared = backend.PrepareConvolution(w, x.Shape, window, 1)!;
        void Step() => backend.ConvolutionForward(x, prepared, bias, window, 1, y, Activation.Relu);
        Step();
        Assert.That(Allocations.Of(Step), Is.Zero);
    }
}
