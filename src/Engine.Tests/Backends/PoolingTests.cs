using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class PoolingTests(Device device) : DeviceSuite(device)
{
    // Kernel, stride, dilation, padding before and after, each rows then columns.
    private static readonly Window[] Windows =
    [
        new(2, 2, 1, 0, 0),
        new(3, 2, 1, 1, 1),
        new(3, 1, 1, 1, 1),
        new(3, 2, 1, 0, 0),
        new((2, 3), (1, 2), 1, 0, (0, 1)),
        new((3, 2), (2, 3), (2, 3), (2, 1), (1, 2)),
        new(1, 2, 1, 0, 0),
        new((5, 1), (1, 1), 1, (2, 0), (2, 0)),
        new(2, 3, 1, 0, 0),
        new(2, 2, 2, 1, 1),
        new((3, 2), (3, 2), 1, 0, 0),
    ];

    [Test]
    public void The_maximum_of_the_decks_picture_is_taken_in_blocks_of_2_by_2()
    {
        Tensor x = From(110f, 256, 153, 67, 12, 89, 88, 43, 10, 15, 50, 55, 23, 9, 49, 23).Reshape([1, 1, 4, 4]), y = new([1, 1, 2, 2], DType.Float32, Device);
        Tensor argMax = new([1, 1, 2, 2], DType.Int32, Device);
        Backend.MaxPoolingForward(x, Windows[0], y, argMax);
        AssertEqual(y, [256, 153, 23, 55]);
        AssertEqual(argMax, [1, 2, 12, 11]);
    }

    [Test]
    public void Maxima_and_their_places_are_those_of_the_plain_loops(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Range(0, 10)] int window, [Range(1, 3)] int seed)
    {
        (Tensor x, Shape output) = Picture(dtype, Windows[window], seed, levels: 5);
        Tensor y = new(output, dtype, Device), argMax = new(output, DType.Int32, Device);

        Backend.MaxPoolingForward(x, Windows[window], y, argMax);

        double[] xs = Of(x), ys = Of(y), places = Of(argMax);
        for (int i = 0; i < ys.Length; i++)
        {
            int[] touched = Touched(x.Shape, Windows[window], output, i);
            int plane = i / output.Stride(1) * x.Shape.Stride(1);
            int best = touched.MaxBy(position => xs[plane + position]);
            Assert.That(ys[i], Is.EqualTo(xs[plane + best]));
            Assert.That(places[i], Is.EqualTo(best), "the first of equals in row order");
        }
    }

    [Test]
    public void Gradients_of_maxima_add_up_where_windows_overlap(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Range(0, 10)] int window)
    {
        (Tensor x, Shape output) = Picture(dtype, Windows[window], seed: 4, levels: 5);
        Tensor y = new(output, dtype, Device), argMax = new(output, DType.Int32, Device), dx = Filled(x.Shape, dtype, double.NaN);
        Backend.MaxPoolingForward(x, Windows[window], y, argMax);
        Tensor g = Uniform(new Philox(8), output, dtype);

        Backend.MaxPoolingBackward(g, argMax, Windows[window], dx);

        double[] gs = Of(g), places = Of(argMax), expected = new double[x.ElementCount];
        for (int i = 0; i < gs.Length; i++)
        {
            expected[(i / output.Stride(1) * x.Shape.Stride(1)) + (int)places[i]] += gs[i];
        }

        AssertNear(dx, expected, _ => 25 * 2 * 25 * Roundoff(dtype));
    }

    [Test]
    public void Means_leave_the_padding_out(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Range(0, 10)] int window, [Range(1, 3)] int seed)
    {
        (Tensor x, Shape output) = Picture(dtype, Windows[window], seed);
        Tensor y = new(output, dtype, Device);
        Backend.AveragePoolingForward(x, Windows[window], y);
        double[] xs = Of(x), expected = new double[y.ElementCount];
        for (int i = 0; i < expected.Length; i++)
        {
            int plane = i / output.Stride(1) * x.Shape.Stride(1);
            expected[i] = Touched(x.Shape, Windows[window], output, i).Average(position => xs[plane + position]);
        }

        // A mean of at most 15 numbers below 2.
        AssertNear(y, expected, _ => 16 * 2 * Roundoff(dtype));
    }

    [Test]
    public void Gradients_of_means_are_shared_equally(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Range(0, 10)] int window, [Range(1, 6)] int seed)
    {
        (Tensor x, Shape output) = Picture(dtype, Windows[window], seed);
        Tensor g = Uniform(new Philox(9), output, dtype), dx = Filled(x.Shape, dtype, double.NaN);

        Backend.AveragePoolingBackward(g, Windows[window], dx);

        double[] gs = Of(g), expected = new double[x.ElementCount];
        for (int i = 0; i < gs.Length; i++)
        {
            int plane = i / output.Stride(1) * x.Shape.Stride(1);
            int[] touched = Touched(x.Shape, Windows[window], output, i);
            foreach (int position in touched)
            {
                expected[plane + position] += gs[i] / touched.Length;
            }
        }

        AssertNear(dx, expected, _ => 20 * 2 * Roundoff(dtype));
    }

    [Test]
    public void Gradients_of_means_go_on_through_the_activation_before(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Range(0, 10)] int window, [Values] Activation before)
    {
        (Tensor x, Shape output) = Picture(dtype, Windows[window], seed: 3);
        Tensor g = Uniform(new Philox(9), output, dtype), apart = new(x.Shape, dtype, Device), together = Filled(x.Shape, dtype, double.NaN);
        Backend.AveragePoolingBackward(g, Windows[window], apart);
        Backend.ActivationBackward(before, x, apart, apart);

        Backend.AveragePoolingBackward(g, Windows[window], together, before, x);

        Assert.That(Of(together), Is.EqualTo(Of(apart)));
    }

    [Test]
    public void The_way_back_through_an_activation_needs_what_it_gave()
    {
        Tensor g = Filled([1, 1, 2, 2], DType.Float32, 1), dx = Filled([1, 1, 4, 4], DType.Float32, 0);
        Assert.That(() => Backend.AveragePoolingBackward(g, Windows[0], dx, Activation.Tanh), Throws.ArgumentNullException);
        Assert.That(() => Backend.AveragePoolingBackward(g, Windows[0], dx, Activation.Tanh, g), Throws.TypeOf<ShapeException>());
    }

    [Test]
    public void NaN_wins_and_infinities_are_found([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        for (int at = 0; at < 4; at++)
        {
            Tensor x = Numbers.Filled([1, 1, 2, 2], dtype, double.PositiveInfinity);
            x.SetFlat(at, double.NaN);
            Tensor y = new([1, 1, 1, 1], dtype, Device), argMax = new([1, 1, 1, 1], DType.Int32, Device);
            Backend.MaxPoolingForward(x.To(Device), Windows[0], y, argMax);
            Assert.That(y.Item(), Is.NaN);
            Assert.That(argMax.Item(), Is.EqualTo(at));
        }

        Tensor low = Filled([1, 1, 2, 2], dtype, double.NegativeInfinity), most = new([1, 1, 1, 1], dtype, Device), where = new([1, 1, 1, 1], DType.Int32, Device);
        Backend.MaxPoolingForward(low, Windows[0], most, where);
        Assert.That(most.Item(), Is.EqualTo(double.NegativeInfinity));
        Assert.That(where.Item(), Is.Zero);
    }

    [Test]
    public void NaN_wins_wherever_in_a_long_row_it_lies(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(0, 1, 5)] int window)
    {
        for (int at = 0; at < 3 * 41; at++)
        {
            Tensor x = Numbers.Uniform(new Philox(1), [1, 1, 3, 41], dtype);
            x.SetFlat(at, double.NaN);
            Size2D size = Windows[window].Output(new Size2D(3, 41));
            Shape output = [1, 1, size.Y, size.X];
            Tensor y = new(output, dtype, Device), argMax = new(output, DType.Int32, Device);
            Backend.MaxPoolingForward(x.To(Device), Windows[window], y, argMax);
            double[] ys = Of(y), places = Of(argMax);
            for (int i = 0; i < ys.Length; i++)
            {
                bool touched = Touched(x.Shape, Windows[window], output, i).Contains(at);
                Assert.That(double.IsNaN(ys[i]), Is.EqualTo(touched));
                Assert.That(places[i] == at, Is.EqualTo(touched));
            }
        }
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        Tensor x = Filled([1, 1, 4, 4], DType.Float32, 0), y = Filled([1, 1, 2, 2], DType.Float32, 0), argMax = Filled([1, 1, 2, 2], DType.Int32, 0);
        Assert.That(() => Backend.MaxPoolingForward(x, new Window(3, 1, 1, 0, 0), Filled([1, 1, 3, 3], DType.Float32, 0), argMax), Throws.TypeOf<ShapeException>().With.Message.Contains("[1, 1, 3, 3]"));
        Assert.That(() => Backend.MaxPoolingForward(x, Windows[0], y, y), Throws.TypeOf<ShapeException>().With.Message.Contains("Int32"));
        Assert.That(() => Backend.MaxPoolingForward(x, new Window(5, 1, 1, 0, 0), y, argMax), Throws.TypeOf<ShapeException>().With.Message.Contains("does not fit"));
        Assert.That(() => Backend.AveragePoolingForward(x, new Window(2, 2, 1, 2, 2), Filled([1, 1, 4, 4], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("nothing but padding"));
        Assert.That(() => Backend.AveragePoolingForward(x.Reshape([16]), Windows[0], y), Throws.TypeOf<ShapeException>().With.Message.Contains("[16]"));
        Assert.That(() => Backend.AveragePoolingBackward(x, Windows[0], x), Throws.TypeOf<ShapeException>());
        Assert.That(() => Backend.MaxPoolingBackward(y, argMax, Windows[0], Filled([1, 2, 4, 4], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("[1, 2, 4, 4]"));
    }

    [Test]
    public void A_place_outside_its_plane_is_refused_in_main_memory_and_gets_nothing_elsewhere()
    {
        Tensor g = Filled([1, 1, 2, 2], DType.Float32, 1), places = Filled([1, 1, 2, 2], DType.Int32, 16), dx = Filled([1, 1, 4, 4], DType.Float32, 5);
        if (Device == Device.Cpu)
        {
            Assert.That(() => Backend.MaxPoolingBackward(g, places, Windows[0], dx), Throws.InstanceOf<IndexOutOfRangeException>());
        }
        else
        {
            Backend.MaxPoolingBackward(g, places, Windows[0], dx);
            Assert.That(Of(dx), Has.All.Zero);
        }
    }

    private (Tensor X, Shape Output) Picture(DType dtype, in Window window, int seed, int levels = 0)
    {
        Philox random = new((ulong)seed);
        Shape shape = [1 + random.NextInt(3), 1 + random.NextInt(4), 6 + random.NextInt(20), 7 + random.NextInt(25)];
        Tensor x = Numbers.Uniform(random, shape, dtype);
        for (int i = 0; i < x.ElementCount && levels > 0; i++)
        {
            // Few values, so that there are ties.
            x.SetFlat(i, random.NextInt(levels) - 2);
        }

        Size2D output = window.Output(new Size2D(shape[2], shape[3]));
        return (x.To(Device), [shape[0], shape[1], output.Y, output.X]);
    }

    // The positions in its plane that an output looks at, in row order.
    private static int[] Touched(Shape input, Window window, Shape output, int flat)
    {
        int[] position = Position(output, flat);
        return
        [
            .. from r in Enumerable.Range(0, window.Kernel.Y)
               from s in Enumerable.Range(0, window.Kernel.X)
               let row = (position[2] * window.Stride.Y) + (r * window.Dilation.Y) - window.Before.Y
               let column = (position[3] * window.Stride.X) + (s * window.Dilation.X) - window.Before.X
               where row >= 0 && row < input[2] && column >= 0 && column < input[3]
               select (row * input[3]) + column,
        ];
    }
}
