using Engine.Checking;
using Engine.Layers;
using Engine.Tests.Checking.Wrong;

namespace Engine.Tests.Layers;

public sealed class WindowLayerTests
{
    [FsCheck.NUnit.Property(MaxTest = 40, QuietOnSuccess = true)]
    public void A_convolution_is_the_sum_of_products_in_its_definition(ulong seed)
    {
        LayerCase drawn = (LayerCase)LayerCases.All.Single(g => g.Type == typeof(Conv2D)).Small(new Philox(seed));
        Conv2D conv = (Conv2D)drawn.Layer;
        Tensor y = conv.Forward(drawn.X, new Pass(Mode.Inference)), expected = Tensor.Zeros(y.Shape, y.DType);
        for (int i = 0; i < expected.ElementCount; i++)
        {
            int k = i / expected.Shape.Stride(1) % conv.Filters;
            expected.SetFlat(i, conv.Bias?.Value.GetFlat(k) ?? 0);
        }

        foreach (Tap t in Tap.All(conv, drawn.X.Shape))
        {
            expected.AsTensorSpan<double>()[t.N, t.K, t.I, t.J] +=
                conv.Weight.Value.AsTensorSpan<double>()[t.K, t.C, t.R, t.S] * drawn.X.AsTensorSpan<double>()[t.N, t.Channel, t.Row, t.Column];
        }

        Assert.That(y.AsSpan<double>().ToArray(), Is.EqualTo(expected.AsSpan<double>().ToArray()).Within(1e-12), drawn.ToString());
    }

    [FsCheck.NUnit.Property(MaxTest = 40, QuietOnSuccess = true)]
    public void The_average_of_a_constant_is_that_constant_at_the_border_too(ulong seed)
    {
        LayerCase drawn = (LayerCase)LayerCases.All.Single(g => g.Type == typeof(AveragePooling2D)).Small(new Philox(seed));
        drawn.X.AsSpan<double>().Fill(3.5);
        Tensor y = drawn.Layer.Forward(drawn.X, new Pass(Mode.Inference));
        Assert.That(y.AsSpan<double>().ToArray(), Is.All.EqualTo(3.5).Within(1e-15), drawn.ToString());
    }

    [FsCheck.NUnit.Property(MaxTest = 200, QuietOnSuccess = true)]
    public void Same_padding_gives_the_input_size_divided_by_the_stride_and_rounded_up(ulong seed)
    {
        Philox random = new(seed);
        Size2D kernel = (1 + random.NextInt(5), 1 + random.NextInt(5)), stride = (1 + random.NextInt(4), 1 + random.NextInt(4));
        Size2D dilation = (1 + random.NextInt(3), 1 + random.NextInt(3)), image = (1 + random.NextInt(30), 1 + random.NextInt(30));
        Conv2D conv = new(1, 1, kernel, random, stride, Padding.Same, dilation);
        Assert.That(
            conv.OutputShape([2, 1, image.Y, image.X]),
            Is.EqualTo(new Shape(2, 1, (image.Y + stride.Y - 1) / stride.Y, (image.X + stride.X - 1) / stride.X)));
    }

    [Test]
    public void Wrong_inputs_are_refused_with_the_layer_and_what_it_expects()
    {
        Philox random = new(1);
        Conv2D conv = new(3, 4, 5, random) { Name = "conv1" };
        Assert.That(() => conv.OutputShape([2, 1, 8, 8]),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Conv2D 'conv1': input [2, 1, 8, 8] has 1 channels, weights expect 3."));
        Assert.That(() => conv.OutputShape([2, 3, 4, 8]), Throws.TypeOf<ShapeException>().With.Message.Contains("does not fit into images of 4×8"));
        Assert.That(() => conv.OutputShape([2, 3]), Throws.TypeOf<ShapeException>().With.Message.Contains("expected images, N×C×H×W"));
        Assert.That(() => new Conv2D(3, 4, 5, random, groups: 2), Throws.ArgumentException.With.Message.Contains("2 groups, 3 in, 4 out"));
        Assert.That(() => new MaxPooling2D(0), Throws.ArgumentException.With.Message.Contains("at least 1"));
        Assert.That(() => new AveragePooling2D(2, padding: -1), Throws.ArgumentException.With.Message.Contains("at least 0"));
    }
}
