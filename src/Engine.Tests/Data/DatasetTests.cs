using Engine.Data;
using Engine.Tests.House;

namespace Engine.Tests.Data;

public sealed class DatasetTests
{
    [Test]
    public void Bytes_are_handed_out_divided_by_255([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        byte[] pixels = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Dataset set = Dataset.OfImages("all bytes", pixels, [1, 16, 16], [0], ["x"]);
        Tensor input = set.Input(0, dtype);
        Assert.That(input.Shape, Is.EqualTo(new Shape(1, 1, 16, 16)));
        for (int i = 0; i < 256; i++)
        {
            Assert.That(input.GetFlat(i), Is.EqualTo(dtype == DType.Float32 ? i / 255f : i / 255.0), $"byte {i}");
        }
    }

    [Test]
    public void A_batch_has_the_samples_asked_for_in_that_order()
    {
        Dataset set = Numbered(10);
        Tensor inputs = new([3, 2]), labels = new([3], DType.Int32);
        set.GetBatch([7, 0, 7], inputs, labels);
        Assert.That(inputs.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 7, -7, 0, 0, 7, -7 }));
        Assert.That(labels.AsSpan<int>().ToArray(), Is.EqualTo(new[] { 1, 0, 1 }));
    }

    [Test]
    public void Labels_are_handed_out_one_hot_or_as_numbers_where_the_tensor_says_so()
    {
        // The example of the lecture: 3 → 0 0 0 1 0 0 0 0 0 0.
        Dataset set = Dataset.OfLabels("three", Tensor.From([1f], [1, 1]), [3], IdxImageSet.DigitNames);
        Tensor input = new([1, 1]), oneHot = new([1, 10], DType.Float64), number = new([1, 1]);
        set.GetBatch([0], input, oneHot);
        set.GetBatch([0], input, number);
        Assert.That(oneHot.AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 }));
        Assert.That(number.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 3f }));
    }

    [Test]
    public void Filling_a_batch_allocates_nothing([Values] TargetFormat format)
    {
        Dataset set = Dataset.OfImages("zeros", new byte[100 * 784], [1, 28, 28], new int[100], IdxImageSet.DigitNames);
        int[] indices = [.. Enumerable.Range(0, 32)];
        Tensor inputs = new([32, 1, 28, 28]);
        Tensor targets = format switch
        {
            TargetFormat.OneHot => new([32, 10]),
            TargetFormat.Number => new([32, 1]),
            _ => new([32], DType.Int32),
        };
        void GetBatch() => set.GetBatch(indices, inputs, targets);
        GetBatch();
        Assert.That(Allocations.Of(GetBatch), Is.Zero);
    }

    [Test]
    public void Parts_are_parts_of_the_whole()
    {
        Dataset set = Numbered(10);
        (Dataset first, Dataset second) = set.Split(0.75);
        Assert.That((first.Count, second.Count), Is.EqualTo((8, 2)));
        Assert.That(Ids(first).Concat(Ids(second)), Is.EqualTo(Ids(set)));
        Assert.That(Ids(set.Take(3)), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(set.Take(99).Count, Is.EqualTo(10));
        Assert.That(Ids(set.Skip(8)), Is.EqualTo(new[] { 8, 9 }));
        Assert.That(Ids(set.Select([4, 2]).Select([1])), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void A_shuffled_set_has_the_same_samples_and_the_same_order_for_the_same_seed()
    {
        Dataset set = Numbered(100);
        Assert.That(Ids(set.Shuffle(5)), Is.EquivalentTo(Ids(set)));
        Assert.That(Ids(set.Shuffle(5)), Is.Not.EqualTo(Ids(set)));
        int[] again = Ids(Numbered(100).Shuffle(5));
        Assert.That(Ids(set.Shuffle(5)), Is.EqualTo(again));
        Assert.That(Ids(set.Shuffle(5)), Is.Not.EqualTo(Ids(set.Shuffle(6))));
    }

    [Test]
    public void A_split_that_leaves_a_part_empty_is_refused([Values(0, 1, -0.5, double.NaN)] double fraction) =>
        Assert.That(() => Numbered(10).Split(fraction), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Sizes_that_disagree_are_refused()
    {
        Assert.That(
            () => Dataset.OfImages("set", new byte[10], [1, 2, 2], [0, 0], ["a"]),
            Throws.ArgumentException.With.Message.Contains("10 bytes"));
        Assert.That(
            () => Dataset.OfImages("set", new byte[12], [1, 2, 2], [0, 0], ["a"]),
            Throws.ArgumentException.With.Message.Contains("3 inputs and 2 targets"));
        Assert.That(
            () => Dataset.OfImages("set", new byte[8], [1, 2, 2], [0, 1], ["a"]),
            Throws.ArgumentException.With.Message.Contains("sample 1 has label 1"));
        Assert.That(
            () => Numbered(4).GetBatch([0], new Tensor([1, 3]), new Tensor([1], DType.Int32)),
            Throws.ArgumentException.With.Message.Contains("[1, 2]").And.Message.Contains("[1, 3]"));
        Assert.That(
            () => Numbered(4).GetBatch([0], new Tensor([1, 2]), new Tensor([2], DType.Int32)),
            Throws.ArgumentException.With.Message.Contains("given Int32 [2]"));
    }

    private static int[] Ids(Dataset set) => [.. Enumerable.Range(0, set.Count).Select(i => (int)set.Input(i).GetFlat(0))];

    // Sample i is (i, −i) and has the label i mod 2.
    internal static Dataset Numbered(int count)
    {
        float[] values = [.. Enumerable.Range(0, count).SelectMany(i => new float[] { i, -i })];
        return Dataset.OfLabels("numbered", Tensor.From(values, [count, 2]), [.. Enumerable.Range(0, count).Select(i => i % 2)], ["even", "odd"]);
    }
}
