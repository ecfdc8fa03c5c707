using Engine.Layers;

namespace Engine.Tests.Worked;

/// <summary>The worked convolutions and poolings of decks F and R, to the digits printed.</summary>
public sealed class Convolutions
{
    private static readonly Tensor FImage = Image(
        "101101",
        "010010",
        "011110",
        "011110",
        "101101",
        "110011");

    private static readonly double[] Blur = [.06, .13, .06, .13, .25, .13, .06, .13, .06];

    [Test]
    public void A_patch_under_the_kernel_of_deck_F_gives_4()
    {
        Conv2D conv = Conv(3, [-1, 0, 1, -2, 1, 2, -3, 0, 3]);
        Assert.That(Apply(conv, Image("101", "010", "001")), Is.EqualTo(new[] { 4.0 }));
    }

    [Test]
    public void The_blur_kernel_of_deck_F_gives_the_printed_picture()
    {
        double[] expected =
        [
            .56, .57, .57, .56,
            .70, .82, .82, .70,
            .69, .95, .95, .69,
            .64, .69, .69, .64,
        ];
        double[] blurred = Apply(Conv(3, Blur), FImage);
        Assert.That(blurred.Select(v => Math.Round(v, 2)), Is.EqualTo(expected));
    }

    [TestCase(2, new[] { .56, .57 })]
    [TestCase(3, new[] { .56, .56 })]
    public void The_first_row_of_the_blur_at_a_stride_is(int stride, double[] expected)
    {
        double[] blurred = Apply(Conv(3, Blur, stride: stride), FImage);
        Assert.That(blurred.Take(2).Select(v => Math.Round(v, 2)), Is.EqualTo(expected));
    }

    [Test]
    public void Zero_and_mirror_padding_surround_the_image_as_deck_F_shows()
    {
        // A 1×1 kernel of 1 shows the padded image itself.
        double[] zero = Apply(Conv(1, [1], padding: 1), FImage);
        double[] mirror = Apply(Conv(1, [1], padding: 1, mode: PaddingMode.Mirror), FImage);

        Assert.That(zero, Has.Length.EqualTo(64));
        Assert.That(zero[..8], Is.All.Zero);
        Assert.That(zero[8..16], Is.EqualTo(new double[] { 0, 1, 0, 1, 1, 0, 1, 0 }));
        Assert.That(mirror[..8], Is.EqualTo(new double[] { 1, 1, 0, 1, 1, 0, 1, 1 }), "first mirrored row");
        Assert.That(mirror[8..16], Is.EqualTo(mirror[..8]), "the edge itself is repeated");
        Assert.That(mirror[56..], Is.EqualTo(new double[] { 1, 1, 1, 0, 0, 1, 1, 1 }), "last mirrored row");
    }

    [TestCase(3, new double[] { 1, 0, -1, 2, 0, -2, 1, 0, -1 }, true)]
    [TestCase(3, new double[] { 1, 2, 1, 0, 0, 0, -1, -2, -1 }, false)]
    public void An_edge_kernel_keeps_lines_of_its_direction_and_loses_the_others(int size, double[] kernel, bool vertical)
    {
        Tensor verticalLine = Image("00100", "00100", "00100", "00100", "00100");
        Tensor horizontalLine = Image("00000", "00000", "11111", "00000", "00000");

        Conv2D conv = Conv(size, kernel);
        Assert.That(Apply(conv, vertical ? verticalLine : horizontalLine), Has.Some.Not.Zero);
        Assert.That(Apply(conv, vertical ? horizontalLine : verticalLine), Is.All.Zero);
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(5)]
    public void The_difference_filter_of_any_height_finds_vertical_edges_only(int rows)
    {
        double[] kernel = [.. Enumerable.Range(0, rows).SelectMany(_ => new double[] { 1, 0, -1 })];
        Conv2D conv = Conv((rows, 3), kernel);
        Tensor leftHalf = Image("11000", "11000", "11000", "11000", "11000");
        Tensor topHalf = Image("11111", "11111", "00000", "00000", "00000");

        Assert.That(Apply(conv, leftHalf).Take(3), Is.EqualTo(new double[] { rows, rows, 0 }));
        Assert.That(Apply(conv, topHalf), Is.All.Zero);
    }

    [Test]
    public void The_convolution_of_deck_R_gives_434_243_234()
    {
        Tensor image = Image("11100", "01110", "00111", "00110", "01100");
        double[] y = Apply(Conv(3, [1, 0, 1, 0, 1, 0, 1, 0, 1]), image);
        Assert.That(y, Is.EqualTo(new double[] { 4, 3, 4, 2, 4, 3, 2, 3, 4 }));
    }

    [Test]
    public void Max_pooling_of_deck_F_gives_256_153_23_55()
    {
        Tensor x = Tensor.From<double>(
            [110, 256, 153, 67, 12, 89, 88, 43, 10, 15, 50, 55, 23, 9, 49, 23], [1, 1, 4, 4]);
        Tensor y = new MaxPooling2D(2).Forward(x, new Pass(Mode.Inference));
        Assert.That(y.AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 256, 153, 23, 55 }));
    }

    private static Tensor Image(params string[] rows) =>
        Tensor.From([.. rows.SelectMany(r => r).Select(c => c - '0').Select(v => (double)v)], [1, 1, rows.Length, rows[0].Length]);

    private static Conv2D Conv(
        Size2D size, double[] kernel, int stride = 1, int padding = 0, PaddingMode mode = PaddingMode.Zero)
    {
        Conv2D conv = new(1, 1, size, new Philox(1), stride: stride, padding: padding, paddingMode: mode);
        conv.ConvertTo(DType.Float64);
        kernel.CopyTo(conv.Weight.Value.AsSpan<double>());
        return conv;
    }

    private static double[] Apply(Conv2D conv, Tensor image) =>
        conv.Forward(image, new Pass(Mode.Inference)).AsSpan<double>().ToArray();
}
