using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class ConvolutionTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void All_three_directions_agree_with_the_definition_for_random_windows([Range(1, 150)] int seed)
    {
        ConvolutionCase c = ConvolutionCase.Random(new Philox((ulong)seed));
        Check(c, seed, "forward", c.Forward(DType.Float64, Device), c.Forward(DType.Float32, Device), c.DefinitionOfForward(), c.Depth + 1);
        Check(c, seed, "data", c.BackwardData(DType.Float64, Device), c.BackwardData(DType.Float32, Device), c.DefinitionOfBackwardData(), c.ProductsPerPixel);
        Check(c, seed, "weights", c.BackwardWeights(DType.Float64, Device), c.BackwardWeights(DType.Float32, Device), c.DefinitionOfBackwardWeights(), c.ProductsPerWeight + 1);
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
        Check(c, Seed, "forward", c.Forward(DType.Float64, Device), c.Forward(DType.Float32, Device), c.DefinitionOfForward(), c.Depth + 1);
        Check(c, Seed, "data", c.BackwardData(DType.Float64, Device), c.BackwardData(DType.Float32, Device), c.DefinitionOfBackwardData(), c.ProductsPerPixel);
        Check(c, Seed, "weights", c.BackwardWeights(DType.Float64, Device), c.BackwardWeights(DType.Float32, Device), c.DefinitionOfBackwardWeights(), c.ProductsPerWeight + 1);
    }

    [Test]
    public void Gradients_of_weights_overwrite_and_those_of_biases_add_in_one_go([Range(1, 60)] int seed) =>
        BothAtOnce(ConvolutionCase.Random(new Philox((ulong)seed, 3)), seed);

    [TestCase(64, 1, 32, 6, 5, 0, TestName = "Both at once, LeNet-5's first convolution")]
    [TestCase(24, 6, 14, 16, 5, 0, TestName = "Both at once, LeNet-5's second convolution")]
    [TestCase(64, 16, 5, 120, 5, 0, TestName = "Both at once, LeNet-5's third convolution: the whole image")]
    [TestCase(2, 32, 32, 32, 3, 1, TestName = "Both at once, VGG")]
    [TestCase(3, 40, 7, 24, 1, 0, TestName = "Both at once, one pixel")]
    [TestCase(1, 300, 9, 200, 3, 1, TestName = "Both at once, more channels than a job has")]
    [TestCase(9, 5, 40, 3, 5, 2, TestName = "Both at once, more sums than a first-level cache holds")]
    public void Gradients_of_the_fields_networks_in_one_go(int images, int channels, int size, int outputs, int kernel, int padding) =>
        BothAtOnce(new(new Philox(7), [images, channels, size, size], outputs, 1, new Window(kernel, 1, 1, padding, padding), true), 7);

    private void BothAtOnce(ConvolutionCase c, int seed)
    {
        (Tensor exactWeights, Tensor exactBiases) = c.BackwardBoth(DType.Float64, Device);
        (Tensor weights, Tensor biases) = c.BackwardBoth(DType.Float32, Device);
        Check(c, seed, "biases", exactBiases, biases, c.DefinitionOfBackwardBiases(), c.ProductsPerWeight + 1);
        Assert.That(exactWeights.AsSpan<double>().ToArray(), Is.EqualTo(c.BackwardWeights(DType.Float64, Device, startFromZero: true).AsSpan<double>().ToArray()), $"seed {seed}, {c}");
        Assert.That(weights.AsSpan<float>().ToArray(), Is.EqualTo(c.BackwardWeights(DType.Float32, Device, startFromZero: true).AsSpan<float>().ToArray()), $"seed {seed}, {c}");
    }

    [Test]
    public void Backward_is_the_adjoint_of_forward([Range(1, 40)] int seed)
    {
        // ⟨w ∗ x, g⟩ = ⟨x, dx⟩ = ⟨w, dw⟩, whatever the method: no definition is consulted.
        ConvolutionCase c = ConvolutionCase.Random(new Philox((ulong)seed, 2), bias: false);
        (double forward, double size) = Inner(c.Forward(DType.Float64, Device), c.G);
        (double data, _) = Inner(c.BackwardData(DType.Float64, Device), c.X);
        (double weights, _) = Inner(c.BackwardWeights(DType.Float64, Device, startFromZero: true), c.W);
        double bound = 64 * c.G.ElementCount * Roundoff(DType.Float64) * Math.Max(1, size);
        Assert.That(data, Is.EqualTo(forward).Within(bound), $"seed {seed}, {c}");
        Assert.That(weights, Is.EqualTo(forward).Within(bound), $"seed {seed}, {c}");
    }



    [Test]
    public void An_activation_is_that_of_the_convolution_with_its_bias([Values] Activation activation, [Values(4, 12)] int outputs)
    {
        ConvolutionCase c = new(new Philox(6), [2, 3, 9, 7], outputs, 1, new Window(3, 1, 1, 1, 1), true);
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Tensor y = c.Forward(dtype, Device), fused = c.Forward(dtype, Device, activation);
            Backend.Of(y).ActivationForward(activation, y, y);

            // Two exponentials of 2 units in the last place each.
            double[] expected = Of(y);
            AssertNear(fused, expected, i => activation == Activation.Relu ? 0 : 16 * Roundoff(dtype) * Math.Abs(expected[i]));
        }
    }

    [Test]
    public void An_addend_is_added_to_the_convolution_before_the_activation([Range(1, 30)] int seed, [Values] bool inPlace)
    {
        ConvolutionCase c = ConvolutionCase.Random(new Philox((ulong)seed, 4));
        Tensor expected = c.Forward(DType.Float64, Device);
        for (int i = 0; i < expected.ElementCount; i++)
        {
            expected.SetFlat(i, Math.Max(0, expected.GetFlat(i) + c.G.GetFlat(i)));
        }

        Tensor found = c.ForwardAndAdd(DType.Float64, prepare: false, inPlace, Device, Activation.Relu);
        Assert.That(found.AsSpan<double>().ToArray(), Is.EqualTo(expected.AsSpan<double>().ToArray()), $"seed {seed}, {c}");
    }

    [Test]
    public void Tensors_that_do_not_fit_are_refused_with_their_shapes()
    {
        Window window = new(3, 1, 1, 1, 1);
        Tensor x = Zeros(2, 4, 8, 8), w = Zeros(6, 4, 3, 3), y = Zeros(2, 6, 8, 8);
        Assert.That(
            () => Backend.ConvolutionForward(x, Zeros(6, 3, 3, 3), null, window, 1, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 4, 8, 8]").And.Message.Contains("[6, 3, 3, 3]"));
        Assert.That(
            () => Backend.ConvolutionForward(x, w, null, window, 1, Zeros(2, 6, 7, 8)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 6, 8, 8]").And.Message.Contains("[2, 6, 7, 8]"));
        Assert.That(
            () => Backend.ConvolutionForward(x, w, Zeros(4), window, 1, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("biases"));
        Assert.That(
            () => Backend.ConvolutionForward(x, w, null, window with { Stride = 0 }, 1, y),
            Throws.TypeOf<ShapeException>().With.Message.Contains("stride"));
        Assert.That(
            () => Backend.ConvolutionBackwardData(w.To(DType.Float64), y, window, 1, x),
            Throws.TypeOf<ShapeException>().With.Message.Contains("Float64"));
    }

    private static void Check(ConvolutionCase c, int seed, string direction, Tensor y64, Tensor y32, Sums expected, int products)
    {
        expected.AssertIs(y64, products, $"{direction}, seed {seed}, {c}");
        expected.AssertIs(y32, products, $"{direction}, seed {seed}, {c}");
    }

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

    private Tensor Zeros(params int[] shape) => Filled(new Shape(shape), DType.Float32, 0);
}
