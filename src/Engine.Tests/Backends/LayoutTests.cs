using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

public sealed class LayoutTests
{
    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    [Test]
    public void Permute_moves_every_element_to_its_place([Values] DType dtype, [Range(1, 25)] int seed)
    {
        Philox random = new((ulong)seed);
        int rank = random.NextInt(6);
        Shape shape = Sizes(random, rank, largest: rank < 3 ? 70 : 7);
        int[] axes = random.Permutation(rank);
        Tensor x = Counted(shape, dtype), y = new(new Shape([.. axes.Select(axis => shape[axis])]), dtype);

        Cpu.Permute(x, axes, y);

        for (int i = 0; i < y.ElementCount; i++)
        {
            int[] position = Position(y.Shape, i), source = new int[rank];
            for (int axis = 0; axis < rank; axis++)
            {
                source[axes[axis]] = position[axis];
            }

            Assert.That(y.GetFlat(i), Is.EqualTo(x.GetFlat(Flat(shape, source))), $"[{string.Join(", ", position)}] of {y.Shape} from {shape}");
        }
    }

    [Test]
    public void Slice_takes_a_part_and_place_puts_it_back([Values] DType dtype, [Range(1, 25)] int seed)
    {
        Philox random = new((ulong)seed);
        Shape shape = Sizes(random, rank: 1 + random.NextInt(4), largest: 9);
        int axis = random.NextInt(shape.Rank), count = 1 + random.NextInt(shape[axis]), start = random.NextInt(shape[axis] - count + 1);
        Tensor whole = Counted(shape, dtype), part = new(shape.With(axis, count), dtype);

        Cpu.Slice(whole, axis, start, part);

        Tensor rebuilt = Filled(shape, dtype, -1);
        Cpu.Place(part, axis - shape.Rank, start, rebuilt);
        for (int i = 0; i < whole.ElementCount; i++)
        {
            int[] position = Position(shape, i);
            bool inside = position[axis] >= start && position[axis] < start + count;
            Assert.That(rebuilt.GetFlat(i), Is.EqualTo(inside ? whole.GetFlat(i) : -1));
            if (inside)
            {
                position[axis] -= start;
                Assert.That(part.GetFlat(Flat(part.Shape, position)), Is.EqualTo(whole.GetFlat(i)));
            }
        }
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        Tensor x = Filled([2, 3], DType.Float32, 0);
        Assert.That(() => Cpu.Permute(x, [1, 1], x), Throws.TypeOf<ShapeException>().With.Message.Contains("[1, 1]"));
        Assert.That(() => Cpu.Permute(x, [1], x), Throws.TypeOf<ShapeException>());
        Assert.That(() => Cpu.Permute(x, [1, 0], x), Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 2]"));
        Assert.That(() => Cpu.Slice(x, 1, 2, Filled([2, 2], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("beyond [2, 3]"));
        Assert.That(() => Cpu.Slice(x, 1, -1, Filled([2, 2], DType.Float32, 0)), Throws.TypeOf<ShapeException>());
        Assert.That(() => Cpu.Slice(x, 1, 0, Filled([3, 2], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 2]"));
        Assert.That(() => Cpu.Place(Filled([2, 2], DType.Float64, 0), 1, 0, x), Throws.TypeOf<ShapeException>().With.Message.Contains("Float64"));
    }

    private static Tensor Counted(Shape shape, DType dtype)
    {
        Tensor x = new(shape, dtype);
        for (int i = 0; i < x.ElementCount; i++)
        {
            x.SetFlat(i, i);
        }

        return x;
    }
}
