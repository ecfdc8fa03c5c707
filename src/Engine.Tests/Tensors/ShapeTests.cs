namespace Engine.Tests.Tensors;

public sealed class ShapeTests
{
    [Test]
    public void The_default_shape_is_a_scalar()
    {
        Shape scalar = default;
        Assert.That(scalar, Is.EqualTo(new Shape()));
        Assert.That((scalar.Rank, scalar.ElementCount, scalar.ToString()), Is.EqualTo((0, 1, "[]")));
    }

    [Test]
    public void Axes_count_from_both_ends()
    {
        Shape shape = [64, 3, 32, 16];
        Assert.That((shape[0], shape[1], shape[-1], shape[-4]), Is.EqualTo((64, 3, 16, 64)));
        Assert.That((shape.Axis(-1), shape.Axis(2)), Is.EqualTo((3, 2)));
        Assert.That(shape.ElementCount, Is.EqualTo(64 * 3 * 32 * 16));
        Assert.That((shape.Stride(0), shape.Stride(1), shape.Stride(-1)), Is.EqualTo((3 * 32 * 16, 32 * 16, 1)));
        Assert.That(() => shape[4], Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("[64, 3, 32, 16]").And.Message.Contains("given 4"));
        Assert.That(() => shape[-5], Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => default(Shape)[0], Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Shapes_are_made_from_shapes()
    {
        Shape shape = [2, 3, 4];
        Assert.That(shape.With(1, 9), Is.EqualTo(new Shape(2, 9, 4)));
        Assert.That(shape.With(-1, 1), Is.EqualTo(new Shape(2, 3, 1)));
        Assert.That(shape.Without(0), Is.EqualTo(new Shape(3, 4)));
        Assert.That(shape.Without(-1), Is.EqualTo(new Shape(2, 3)));
        Assert.That(new Shape(5).Without(0), Is.EqualTo(default(Shape)));
        Assert.That(shape.Prepend(7), Is.EqualTo(new Shape(7, 2, 3, 4)));
        Assert.That(shape.ToArray(), Is.EqualTo(new[] { 2, 3, 4 }));
        Assert.That(shape.ToString(), Is.EqualTo("[2, 3, 4]"));
    }

    [Test]
    public void Equality_compares_rank_and_every_dimension()
    {
        Shape a = [2, 3], b = new(2, 3), transposed = [3, 2], longer = [2, 3, 1];
        Assert.That(a == b);
        Assert.That(a.GetHashCode(), Is.EqualTo(b.GetHashCode()));
        Assert.That(a != transposed);
        Assert.That(a != longer);
        Assert.That(a.Equals("[2, 3]"), Is.False);
    }

    [Test]
    public void What_is_no_shape_is_refused()
    {
        Assert.That(() => new Shape(2, 0), Throws.ArgumentException.With.Message.Contains("[2, 0]").And.Message.Contains("0 at axis 1"));
        Assert.That(() => new Shape(-1), Throws.ArgumentException);
        Assert.That(() => new Shape(1, 1, 1, 1, 1, 1, 1), Throws.ArgumentException.With.Message.Contains("at most 6"));
        Assert.That(() => new Shape(1 << 16, 1 << 15), Throws.TypeOf<ShapeException>().With.Message.Contains("elements"));
        Assert.That(() => new Shape(int.MaxValue, int.MaxValue, int.MaxValue), Throws.TypeOf<ShapeException>(), "without overflowing");
        Assert.That(new Shape(int.MaxValue).ElementCount, Is.EqualTo(int.MaxValue));
        Assert.That(() => new Shape(1, 1, 1, 1, 1, 1).Prepend(2), Throws.ArgumentException);
    }
}
