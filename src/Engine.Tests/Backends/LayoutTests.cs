using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class LayoutTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void Permute_moves_every_element_to_its_place([Values] DType dtype, [Range(1, 25)] int seed)
    {
        Philox random = new((ulong)seed);
        int rank = random.NextInt(6);
        AssertPermutes(Sizes(random, rank, largest: rank < 3 ? 70 : 7), random.Permutation(rank), dtype);
    }

    // Around the squares of 32 × 32 that a CUDA block turns, with axes outside, between and inside.
    [Test]
    public void Permute_works_at_the_borders_of_squares([Values] DType dtype)
    {
        AssertPermutes([31, 33], [1, 0], dtype);
        AssertPermutes([32, 64], [1, 0], dtype);
        AssertPermutes([1, 65], [1, 0], dtype);
        AssertPermutes([8, 100], [1, 0], dtype);
        AssertPermutes([7, 100], [1, 0], dtype);
        AssertPermutes([3, 33, 2, 34], [0, 2, 3, 1], dtype);
        AssertPermutes([3, 2, 33, 40], [0, 3, 1, 2], dtype);
        AssertPermutes([9, 2, 3, 2, 5, 10], [5, 3, 1, 4, 2, 0], dtype);
        AssertPermutes([9, 2, 3, 2, 5, 10], [3, 5, 2, 4, 1, 0], dtype);
    }

    // Rows that stay together: a whole number of packs of 16 bytes, and not.
    [Test]
    public void Permute_keeps_rows_together([Values] DType dtype)
    {
        AssertPermutes([3, 5, 4, 8], [0, 2, 1, 3], dtype);
        AssertPermutes([3, 5, 4, 7], [0, 2, 1, 3], dtype);
        AssertPermutes([4, 3, 2, 2, 3, 4], [1, 0, 3, 2, 4, 5], dtype);
    }

    [Test]
    public void Slice_takes_a_part_and_place_puts_it_back([Values] DType dtype, [Range(1, 25)] int seed)
    {
        Philox random = new((ulong)seed);
        Shape shape = Sizes(random, rank: 1 + random.NextInt(4), largest: 9);
        int axis = random.NextInt(shape.Rank), count = 1 + random.NextInt(shape[axis]);
        AssertSlices(shape, axis, random.NextInt(shape[axis] - count + 1), count, dtype);
    }

    // Runs, steps and beginnings that are whole numbers of packs of 16 bytes, and one of them not.
    [Test]
    public void Slice_and_place_work_in_packs([Values] DType dtype)
    {
        AssertSlices([5, 6, 4], 1, 2, 3, dtype);
        AssertSlices([5, 16], 1, 4, 8, dtype);
        AssertSlices([5, 16], 1, 3, 8, dtype);
        AssertSlices([5, 16], 1, 4, 7, dtype);
        AssertSlices([5, 15], 1, 4, 8, dtype);
        AssertSlices([7, 9], 0, 3, 4, dtype);
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        Tensor x = Filled([2, 3], DType.Float32, 0);
        Assert.That(() => Backend.Permute(x, [1, 1], x), Throws.TypeOf<ShapeException>().With.Message.Contains("[1, 1]"));
        Assert.That(() => Backend.Permute(x, [1], x), Throws.TypeOf<ShapeException>());
        Assert.That(() => Backend.Permute(x, [1, 0], x), Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 2]"));
        Assert.That(() => Backend.Slice(x, 1, 2, Filled([2, 2], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("beyond [2, 3]"));
        Assert.That(() => Backend.Slice(x, 1, -1, Filled([2, 2], DType.Float32, 0)), Throws.TypeOf<ShapeException>());
        Assert.That(() => Backend.Slice(x, 1, 0, Filled([3, 2], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 2]"));
        Assert.That(() => Backend.Place(Filled([2, 2], DType.Float64, 0), 1, 0, x), Throws.TypeOf<ShapeException>().With.Message.Contains("Float64"));
    }

    private void AssertPermutes(Shape shape, int[] axes, DType dtype)
    {
        Tensor x = Counted(shape, dtype), y = new(new Shape([.. axes.Select(axis => shape[axis])]), dtype, Device);

        Backend.Permute(x, axes, y);

        double[] expected = new double[y.ElementCount];
        for (int i = 0; i < expected.Length; i++)
        {
            int[] position = Position(y.Shape, i), source = new int[shape.Rank];
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                source[axes[axis]] = position[axis];
            }

            expected[i] = Flat(shape, source);
        }

        Assert.That(Of(y), Is.EqualTo(expected), $"{shape} with axes [{string.Join(", ", axes)}]");
    }

    private void AssertSlices(Shape shape, int axis, int start, int count, DType dtype)
    {
        Tensor whole = Counted(shape, dtype), part = new(shape.With(axis, count), dtype, Device), rebuilt = Filled(shape, dtype, -1);
        double[] expectedPart = new double[part.ElementCount], expectedRebuilt = Of(rebuilt);
        for (int i = 0; i < whole.ElementCount; i++)
        {
            int[] position = Position(shape, i);
            if (position[axis] >= start && position[axis] < start + count)
            {
                expectedRebuilt[i] = i;
                position[axis] -= start;
                expectedPart[Flat(part.Shape, position)] = i;
            }
        }

        Backend.Slice(whole, axis, start, part);
        Backend.Place(part, axis - shape.Rank, start, rebuilt);

        Assert.That(Of(part), Is.EqualTo(expectedPart), $"{count} from {start} on along {axis} of {shape}");
        Assert.That(Of(rebuilt), Is.EqualTo(expectedRebuilt), $"{count} from {start} on along {axis} of {shape}");
    }

    // Every element is its own number.
    private Tensor Counted(Shape shape, DType dtype)
    {
        Tensor x = new(shape, dtype);
        for (int i = 0; i < x.ElementCount; i++)
        {
            x.SetFlat(i, i);
        }

        return x.To(Device);
    }
}
