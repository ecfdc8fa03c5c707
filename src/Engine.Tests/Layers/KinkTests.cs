using Engine.Layers;

namespace Engine.Tests.Layers;

/// <summary>Where there is no derivative a convention decides, and no difference quotient can check it. These do.</summary>
public sealed class KinkTests
{
    [Test]
    public void ReLU_passes_nothing_back_at_zero_and_below() => Assert.That(
        Back(new ReLU(), Tensor.From(-1.0, -0.0, 0.0, double.Epsilon, 2.0), [10, 20, 30, 40, 50]),
        Is.EqualTo(new double[] { 0, 0, 0, 40, 50 }));

    [Test]
    public void Of_equal_elements_the_first_in_row_order_is_the_largest() => Assert.That(
        Back(new MaxPooling2D(2), Tensor.From([3.0, 3, 3, 3], [1, 1, 2, 2]), [7]),
        Is.EqualTo(new double[] { 7, 0, 0, 0 }));

    [Test]
    public void A_tie_in_the_second_row_goes_to_its_first_column() => Assert.That(
        Back(new MaxPooling2D(2), Tensor.From([1.0, 2, 5, 5], [1, 1, 2, 2]), [7]),
        Is.EqualTo(new double[] { 0, 0, 7, 0 }));

    [Test]
    public void An_element_that_is_largest_in_several_windows_gets_the_sum() => Assert.That(
        Back(new MaxPooling2D(2, stride: 1), Tensor.From([0.0, 0, 0, 0, 9, 0, 0, 0, 0], [1, 1, 3, 3]), [1, 2, 4, 8]),
        Is.EqualTo(new double[] { 0, 0, 0, 0, 15, 0, 0, 0, 0 }));

    [Test]
    public void Padding_is_never_the_largest()
    {
        Tensor x = Tensor.From([-1.0, -2, -3, -4], [1, 1, 2, 2]);
        Tensor y = new MaxPooling2D(3, stride: 1, padding: Padding.Same).Forward(x, new Pass(Mode.Inference));
        Assert.That(y.AsSpan<double>().ToArray(), Is.All.EqualTo(-1));
    }

    [Test]
    public void The_pieces_of_a_rectifier_are_its_sides_and_those_of_a_pooling_its_largest_elements()
    {
        Assert.That(new ReLU().Pieces(Tensor.From(-1.0, 0, 1)), Is.EqualTo(new[] { 0, 0, 1 }));
        Assert.That(new MaxPooling2D((1, 2)).Pieces(Tensor.From([1.0, 5, 7, 2], [1, 1, 1, 4])), Is.EqualTo(new[] { 1, 2 }));
    }

    private static double[] Back(Layer layer, Tensor x, double[] g)
    {
        Pass pass = new(Mode.Training);
        Tensor y = layer.Forward(x, pass);
        return layer.Backward(Tensor.From(g, y.Shape), pass).AsSpan<double>().ToArray();
    }
}
