using Engine.Layers;
using Parallel = Engine.Networks.Parallel;

namespace Engine.Tests.Networks;

/// <summary>Branches side by side: what they are called, what fits, and where each one's channels lie.</summary>
public sealed class ParallelTests
{
    private readonly Philox random = new(1);

    [Test]
    public void Each_branch_has_its_channels_in_order()
    {
        Tensor x = Tensor.From([-1f, 2, -3, 4], [1, 1, 2, 2]);
        Tensor y = new Parallel(new ReLU(), new MaxPooling2D(3, 1, 1)).Forward(x, new Pass(Mode.Inference));
        Assert.That(y.Shape, Is.EqualTo(new Shape(1, 2, 2, 2)));
        Assert.That(y.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 0, 2, 0, 4, 4, 4, 4, 4 }));
    }

    [Test]
    public void A_branch_without_a_name_is_named_by_its_place() =>
        Assert.That(
            new Parallel(new ReLU(), new Tanh() { Name = "b" }, new Tanh()).Children.Select(c => c.Name),
            Is.EqualTo(new[] { "branch1", "b", "branch3" }));

    [Test]
    public void Branches_that_cannot_be_joined_are_refused()
    {
        Parallel parallel = new(new ReLU(), new MaxPooling2D(2)) { Name = "p" };
        Assert.That(
            () => parallel.OutputShape([2, 3, 4, 4]),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo(
                "Parallel 'p': branch1 gives [2, 3, 4, 4] and branch2 [2, 3, 2, 2]; only the channels, axis 1, may differ."));
        Assert.That(() => new Parallel(), Throws.ArgumentException);
        Assert.That(() => new Parallel(new ReLU() { Name = "a" }, new Tanh() { Name = "a" }), Throws.ArgumentException);
    }

    [Test]
    public void Multiply_adds_are_those_of_all_branches() =>
        Assert.That(new Parallel(new Dense(3, 2, random), new Dense(3, 5, random)).MultiplyAdds([4, 3]), Is.EqualTo(4 * 3 * 7));

    [Test]
    public void The_global_average_is_the_mean_of_each_channel_and_refuses_rows()
    {
        Tensor x = Tensor.From([1f, 2, 3, 4, 5, 6, 0, 0, 0, 3, 3, 0], [1, 2, 2, 3]);
        Tensor y = new GlobalAveragePooling2D().Forward(x, new Pass(Mode.Inference));
        Assert.That(y.Shape, Is.EqualTo(new Shape(1, 2)));
        Assert.That(y.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 3.5f, 1 }));
        Assert.That(
            () => new GlobalAveragePooling2D { Name = "g" }.OutputShape([2, 3]),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("GlobalAveragePooling2D 'g': input is [2, 3], expected images, N×C×H×W."));
    }
}
