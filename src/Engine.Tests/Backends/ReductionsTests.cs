using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class ReductionsTests(Device device) : DeviceSuite(device)
{
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
            double[] expected = [.. lines.Select(line => Reduced(reduction, line))];
            double Bound(int i) => ErrorBound(reduction, lines[i], dtype);
            foreach (Shape result in (Shape[])[shape.Without(axis), shape.With(axis, 1)])
            {
                Tensor y = new(result, dtype, Device);
                Backend.Reduce(reduction, x, axis, y);
                AssertNear(y, expected, Bound);
            }

            Tensor negative = new(shape.Without(axis), dtype, Device);
            Backend.Reduce(reduction, x, axis - shape.Rank, negative);
            AssertNear(negative, expected, Bound);
        }
    }

    // Lengths around the borders at which another kernel, or another number of blocks, takes over.
    [TestCase(1, 1024)]
    [TestCase(3, 1025)]
    [TestCase(2, 16384)]
    [TestCase(5, 16387)]
    [TestCase(1, 70_001)]
    public void Long_rows_reduce_as_the_formula_says(int rows, int length)
    {
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            CheckAxis(Uniform(new Philox((ulong)length), [rows, length], dtype), 1);
        }
    }

    [TestCase(1, 65, 2)]
    [TestCase(2, 513, 33)]
    [TestCase(1, 2049, 7)]
    [TestCase(3, 257, 100)]
    [TestCase(1, 30_001, 1)]
    [TestCase(1, 9_001, 3)]
    public void Long_columns_reduce_as_the_formula_says(int outer, int length, int inner)
    {
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            CheckAxis(Uniform(new Philox((ulong)length), [outer, length, inner], dtype), 1);
        }
    }

    [Test]
    public void Many_columns_are_counted_right()
    {
        Tensor x = Filled([66, 65_537], DType.Float32, 1), y = new([65_537], DType.Float32, Device);
        Backend.Reduce(Reduction.Sum, x, 0, y);
        Assert.That(y.To(Device.Cpu).AsSpan<float>().IndexOfAnyExcept(66f), Is.EqualTo(-1));
    }

    [Test]
    public void The_largest_of_a_long_line_is_found([Values(1025, 5000)] int length, [Values(1, 3)] int inner)
    {
        Tensor numbers = Numbers.Uniform(new Philox(5), [2, length, inner], DType.Float32), y = new([2, inner], DType.Int32, Device);
        numbers.SetFlat((700 * inner) + inner - 1, 9);
        numbers.SetFlat((900 * inner) + inner - 1, 9);
        Tensor x = numbers.To(Device);
        Backend.ArgMax(x, 1, y);
        AssertEqual(y, [.. Lines(x, 1).Select(line => (double)Array.IndexOf(line, line.Max()))]);
    }

    [Test]
    public void A_long_sum_errs_like_a_short_one([Values(1, 3, 8, 11)] int columns)
    {
        const int Rows = 1_000_003;
        Tensor x = Filled([Rows, columns], DType.Float32, 0.1f), y = new([columns], DType.Float32, Device);
        Backend.Reduce(Reduction.Sum, columns == 1 ? x.Reshape([Rows]) : x, 0, columns == 1 ? y.Reshape([]) : y);

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
        Tensor numbers = new(shape, dtype);
        for (int i = 0; i < numbers.ElementCount; i++)
        {
            numbers.SetFlat(i, random.NextInt(4));
        }

        Tensor x = numbers.To(Device);
        for (int axis = 0; axis < 3; axis++)
        {
            Tensor y = new(shape.Without(axis), DType.Int32, Device);
            Backend.ArgMax(x, axis, y);
            AssertEqual(y, [.. Lines(x, axis).Select(line => (double)Array.IndexOf(line, line.Max()))]);
        }
    }

    [Test]
    public void NaN_is_not_lost([Values(DType.Float32, DType.Float64)] DType dtype, [Values] Reduction reduction, [Values(0, 5, 30)] int at)
    {
        Tensor numbers = Numbers.Uniform(new Philox(1), [31, 3], dtype), y = new([3], dtype, Device);
        numbers.SetFlat((at * 3) + 1, double.NaN);
        Tensor x = numbers.To(Device);
        Backend.Reduce(reduction, x, 0, y);
        Assert.That(Of(y).Select(double.IsNaN), Is.EqualTo(new[] { false, true, false }));

        Tensor position = new([3], DType.Int32, Device);
        Backend.ArgMax(x, 0, position);
        Assert.That(position.GetFlat(1), Is.EqualTo(at));

        Tensor all = new([], dtype, Device);
        Backend.Reduce(reduction, x.Reshape([93]), 0, all);
        Assert.That(all.Item(), Is.NaN);
    }

    [Test]
    public void The_largest_of_infinities_is_found([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Tensor x = Filled([5], dtype, double.NegativeInfinity), y = new([], dtype, Device);
        Backend.Reduce(Reduction.Max, x, 0, y);
        Assert.That(y.Item(), Is.EqualTo(double.NegativeInfinity));
    }

    [Test]
    public void Bias_gradient_is_added_over_everything_but_the_channels(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(2, 3, 4)] int rank, [Range(1, 6)] int seed)
    {
        Philox random = new((ulong)seed);
        Shape shape = Sizes(random, rank, largest: 20);
        Tensor g = Uniform(random, shape, dtype), db = Uniform(random, [shape[1]], dtype);
        double[] gs = Of(g), expected = Of(db), sizes = [.. expected.Select(Math.Abs)];
        for (int i = 0; i < gs.Length; i++)
        {
            int channel = Position(shape, i)[1];
            expected[channel] += gs[i];
            sizes[channel] += Math.Abs(gs[i]);
        }

        Backend.AccumulateBiasGradient(g, db);

        AssertNear(db, expected, i => (gs.Length / shape[1]) * Roundoff(dtype) * sizes[i]);
    }

    [TestCase(7, 3, 5000)]
    [TestCase(20_001, 5, 1)]
    [TestCase(300, 65, 1)]
    [TestCase(2, 2, 16_385)]
    public void Bias_gradient_of_large_batches_is_added_in_parts(int batch, int channels, int positions)
    {
        Tensor g = Uniform(new Philox(3), [batch, channels, positions], DType.Float32), db = Filled([channels], DType.Float32, 100);
        double[] gs = Of(g), expected = new double[channels];
        for (int c = 0; c < channels; c++)
        {
            expected[c] = 100 + Sum(gs.Where((_, i) => i / positions % channels == c));
        }

        Backend.AccumulateBiasGradient(g, db);

        // Terms below 2, at most 200 of them one after the other.
        AssertNear(db, expected, _ => 200 * Roundoff(DType.Float32) * ((2.0 * batch * positions) + 100));
    }

    [Test]
    public void Shapes_that_do_not_fit_are_refused()
    {
        Tensor x = Filled([2, 3], DType.Float32, 0);
        Assert.That(() => Backend.Reduce(Reduction.Sum, x, 0, Filled([2], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]").And.Message.Contains("[2]"));
        Assert.That(() => Backend.Reduce(Reduction.Sum, x, 2, Filled([2], DType.Float32, 0)), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Backend.ArgMax(x, 0, Filled([3], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("Int32"));
        Assert.That(() => Backend.AccumulateBiasGradient(x, Filled([2], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("[3]"));
        Assert.That(() => Backend.AccumulateBiasGradient(Filled([3], DType.Float32, 0), Filled([3], DType.Float32, 0)), Throws.TypeOf<ShapeException>());
    }

    private void CheckAxis(Tensor x, int axis)
    {
        double[][] lines = Lines(x, axis);
        foreach (Reduction reduction in Enum.GetValues<Reduction>())
        {
            Tensor y = new(x.Shape.Without(axis), x.DType, Device);
            Backend.Reduce(reduction, x, axis, y);
            AssertNear(y, [.. lines.Select(line => Reduced(reduction, line))], i => ErrorBound(reduction, lines[i], x.DType));
        }
    }

    private static double Reduced(Reduction reduction, double[] line) => reduction switch
    {
        Reduction.Sum => Sum(line),
        Reduction.Mean => Sum(line) / line.Length,
        _ => line.Max(),
    };

    // One rounding per addition, and one for the quotient.
    private static double ErrorBound(Reduction reduction, double[] line, DType dtype) => reduction == Reduction.Max
        ? 0
        : (line.Length + 1) * Roundoff(dtype) * line.Sum(Math.Abs) / (reduction == Reduction.Mean ? line.Length : 1);

    // The elements along an axis, one line for each place in the other axes.
    private static double[][] Lines(Tensor x, int axis)
    {
        double[] xs = Of(x);
        return
        [
            .. Enumerable.Range(0, xs.Length)
                .GroupBy(i => Flat(x.Shape.With(axis, 1), [.. Position(x.Shape, i).Select((p, a) => a == axis ? 0 : p)]))
                .OrderBy(line => line.Key)
                .Select(line => line.Select(i => xs[i]).ToArray()),
        ];
    }
}
