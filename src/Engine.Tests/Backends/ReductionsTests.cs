using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

public sealed class ReductionsTests
{
    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    [Test]
    public void Every_axis_reduces_as_the_formula_says(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values] Reduction reduction, [Range(1, 15)] int seed)
    {
        Philox random = new((ulong)seed);
        Shape shape = Sizes(random, rank: 1 + random.NextInt(4), largest: 20);
        Tensor x = Uniform(random, shape, dtype);
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            double[][] lines = Lines(x, axis);
            double[] expected = [.. lines.Select(line => reduction switch
            {
                Reduction.Sum => line.Sum(),
                Reduction.Mean => line.Average(),
                _ => line.Max(),
            })];
            double Bound(int i) => reduction == Reduction.Max
                ? 0
                : (lines[i].Length + 1) * Roundoff(dtype) * lines[i].Sum(Math.Abs) / (reduction == Reduction.Mean ? lines[i].Length : 1);

            foreach (Shape result in (Shape[])[shape.Without(axis), shape.With(axis, 1)])
            {
                Tensor y = new(result, dtype);
                Cpu.Reduce(reduction, x, axis, y);
                AssertNear(y, expected, Bound);
            }

            Tensor negative = new(shape.Without(axis), dtype);
            Cpu.Reduce(reduction, x, axis - shape.Rank, negative);
            AssertNear(negative, expected, Bound);
        }
    }

    [Test]
    public void A_long_sum_errs_like_a_short_one([Values(1, 3, 8, 11)] int columns)
    {
        const int Rows = 1_000_003;
        Tensor x = Filled([Rows, columns], DType.Float32, 0.1f), y = new([columns], DType.Float32);
        Cpu.Reduce(Reduction.Sum, columns == 1 ? x.Reshape([Rows]) : x, 0, columns == 1 ? y.Reshape([]) : y);

        // 128 additions after another, then one per halving. One by one the error would be 0.9 %.
        double exact = 0.1f * (double)Rows;
        AssertNear(y, [.. Enumerable.Repeat(exact, columns)], _ => (128 + Math.Log2(Rows)) * Roundoff(DType.Float32) * exact);
    }

    [Test]
    public void ArgMax_finds_the_first_of_equals(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Range(1, 10)] int seed)
    {
        Philox random = new((ulong)seed);
        Shape shape = Sizes(random, rank: 3, largest: 12);
        Tensor x = new(shape, dtype);
        for (int i = 0; i < x.ElementCount; i++)
        {
            x.SetFlat(i, random.NextInt(4));
        }

        for (int axis = 0; axis < 3; axis++)
        {
            Tensor y = new(shape.Without(axis), DType.Int32);
            Cpu.ArgMax(x, axis, y);
            AssertEqual(y, [.. Lines(x, axis).Select(line => (double)Array.IndexOf(line, line.Max()))]);
        }
    }

    [Test]
    public void NaN_is_not_lost([Values(DType.Float32, DType.Float64)] DType dtype, [Values] Reduction reduction, [Values(0, 5, 30)] int at)
    {
        Tensor x = Uniform(new Philox(1), [31, 3], dtype), y = new([3], dtype);
        x.SetFlat((at * 3) + 1, double.NaN);
        Cpu.Reduce(reduction, x, 0, y);
        Assert.That(Of(y).Select(double.IsNaN), Is.EqualTo(new[] { false, true, false }));

        Tensor position = new([3], DType.Int32);
        Cpu.ArgMax(x, 0, position);
        Assert.That(position.GetFlat(1), Is.EqualTo(at));

        Tensor all = new([], dtype);
        Cpu.Reduce(reduction, x.Reshape([93]), 0, all);
        Assert.That(all.Item(), Is.NaN);
    }

    [Test]
    public void The_largest_of_infinities_is_found([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Tensor x = Filled([5], dtype, double.NegativeInfinity), y = new([], dtype);
        Cpu.Reduce(Reduction.Max, x, 0, y);
        Assert.That(y.Item(), Is.EqualTo(double.NegativeInfinity));
    }

    [Test]
    public void Bias_gradient_is_added_over_everything_but_the_channels(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(2, 3, 4)] int rank, [Range(1, 6)] int seed)
    {
        Philox random = new((ulong)seed);
        Shape shape = Sizes(random, rank, largest: 20);
        Tensor g = Uniform(random, shape, dtype), db = Uniform(random, [shape[1]], dtype);
        double[] expected = Of(db), sizes = [.. expected.Select(Math.Abs)];
        for (int i = 0; i < g.ElementCount; i++)
        {
            int channel = Position(shape, i)[1];
            expected[channel] += g.GetFlat(i);
            sizes[channel] += Math.Abs(g.GetFlat(i));
        }

        Cpu.AccumulateBiasGradient(g, db);

        AssertNear(db, expected, i => (g.ElementCount / shape[1]) * Roundoff(dtype) * sizes[i]);
    }

    [Test]
    public void Shapes_that_do_not_fit_are_refused()
    {
        Tensor x = Filled([2, 3], DType.Float32, 0);
        Assert.That(() => Cpu.Reduce(Reduction.Sum, x, 0, Filled([2], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]").And.Message.Contains("[2]"));
        Assert.That(() => Cpu.Reduce(Reduction.Sum, x, 2, Filled([2], DType.Float32, 0)), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Cpu.ArgMax(x, 0, Filled([3], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("Int32"));
        Assert.That(() => Cpu.AccumulateBiasGradient(x, Filled([2], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("[3]"));
        Assert.That(() => Cpu.AccumulateBiasGradient(Filled([3], DType.Float32, 0), Filled([3], DType.Float32, 0)), Throws.TypeOf<ShapeException>());
    }

    // The elements along an axis, one line for each place in the other axes.
    private static double[][] Lines(Tensor x, int axis) =>
    [
        .. Enumerable.Range(0, x.ElementCount)
            .GroupBy(i => Flat(x.Shape.With(axis, 1), [.. Position(x.Shape, i).Select((p, a) => a == axis ? 0 : p)]))
            .OrderBy(line => line.Key)
            .Select(line => line.Select(x.GetFlat).ToArray()),
    ];
}
