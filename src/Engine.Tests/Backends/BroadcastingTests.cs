namespace Engine.Tests.Backends;

public sealed class BroadcastingTests
{
    [Test]
    public void Shapes_align_at_the_last_axis()
    {
        // NumPy's documentation, "Broadcasting": images and scales.
        AssertCombined([256, 256, 3], [3], [256, 256, 3]);
        AssertCombined([8, 1, 6, 1], [7, 1, 5], [8, 7, 6, 5]);
        AssertCombined([5, 4], [1], [5, 4]);
        AssertCombined([15, 3, 5], [15, 1, 5], [15, 3, 5]);
        AssertCombined([15, 3, 5], [3, 1], [15, 3, 5]);
        AssertCombined([], [2, 3], [2, 3]);
        AssertCombined([], [], []);
        AssertCombined([1], [], [1]);
    }

    [Test]
    public void Sizes_that_differ_without_being_1_are_refused_with_both_shapes()
    {
        Assert.That(
            () => Broadcasting.Shape([2, 1], [8, 4, 3]),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 1]").And.Message.Contains("[8, 4, 3]").And.Message.Contains("2 meets 4 at axis −2"));
        Assert.That(() => Broadcasting.Shape([3], [4]), Throws.TypeOf<ShapeException>());
    }

    private static void AssertCombined(Shape a, Shape b, Shape expected)
    {
        Assert.That(Broadcasting.Shape(a, b), Is.EqualTo(expected), $"{a} with {b}");
        Assert.That(Broadcasting.Shape(b, a), Is.EqualTo(expected), $"{b} with {a}");
    }
}
