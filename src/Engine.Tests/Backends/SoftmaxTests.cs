using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class SoftmaxTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void Forward_is_the_formula([Values(DType.Float32, DType.Float64)] DType dtype, [Values(1, 2, 8, 10, 32, 33, 65, 128, 129, 1000, 1024, 1025, 3001)] int classes)
    {
        Tensor x = Uniform(new Philox((ulong)classes), [3, 2, classes], dtype, -10, 10), y = Tensor.Like(x);
        Backend.SoftmaxForward(x, y);
        double[] expected = Rows(x, Softmax);

        // x − m errs by up to ½ unit of 20, which e^ makes a relative error of 20ε; then exp, the sum and the quotient.
        AssertNear(y, expected, i => (20 + 4 + 4 + classes + 1) * Roundoff(dtype) * expected[i]);
    }

    [Test]
    public void Backward_is_the_formula([Values(DType.Float32, DType.Float64)] DType dtype, [Values(1, 3, 10, 65, 1025)] int classes)
    {
        Philox random = new((ulong)classes);
        Tensor y = Uniform(random, [7, classes], dtype, 0, 1), g = Uniform(random, [7, classes], dtype), dx = Tensor.Like(y);
        Backend.SoftmaxBackward(y, g, dx);

        double[] ys = Of(y), gs = Of(g), expected = new double[ys.Length];
        double[] size = new double[ys.Length];
        for (int i = 0; i < ys.Length; i++)
        {
            int row = i / classes * classes;
            double dot = 0, magnitude = 0;
            for (int j = row; j < row + classes; j++)
            {
                dot += gs[j] * ys[j];
                magnitude += Math.Abs(gs[j] * ys[j]);
            }

            expected[i] = ys[i] * (gs[i] - dot);
            size[i] = ys[i] * (Math.Abs(gs[i]) + magnitude);
        }

        AssertNear(dx, expected, i => (classes + 3) * Roundoff(dtype) * size[i]);
    }

    [Test]
    public void Logits_of_ten_thousand_neither_overflow_nor_vanish([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Tensor x = From(1e4, -1e4, 0.0, -1e4, -1e4, -1e4).To(dtype).Reshape([2, 3]), y = Tensor.Like(x), loss = new([], dtype, Device);
        Backend.SoftmaxForward(x, y);
        AssertNear(y, [1, 0, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3], _ => Roundoff(dtype));

        Backend.SoftmaxCrossEntropyForward(x, From(1, 0), y, loss);
        AssertNear(loss, [(20_000 + Math.Log(3)) / 2], _ => 2 * Roundoff(dtype) * 10_001);

        Tensor logits = From(1e4, -1e4).To(dtype), p = Tensor.Like(logits);
        Backend.LogisticCrossEntropyForward(logits, From(0.0, 0.0).To(dtype), p, loss);
        AssertNear(loss, [5000], _ => Roundoff(dtype) * 5000);
        AssertEqual(p, [1, 0]);
    }

    [Test]
    public void NaN_reaches_the_whole_row_and_the_loss([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Tensor x = From(0, double.NaN, 0, 0, 0, 0).To(dtype).Reshape([2, 3]), y = Tensor.Like(x), loss = new([], dtype, Device);
        Backend.SoftmaxCrossEntropyForward(x, From(0, 0), y, loss);
        Assert.That(Of(y).Select(double.IsNaN), Is.EqualTo(new[] { true, true, true, false, false, false }));
        Assert.That(loss.Item(), Is.NaN);
    }

    [Test]
    public void Cross_entropy_of_labels_is_minus_the_logarithm_of_their_probability(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(2, 10, 33)] int classes, [Range(1, 4)] int seed)
    {
        Philox random = new((ulong)seed);
        const int N = 9;
        Tensor x = Uniform(random, [N, classes], dtype, -5, 5), p = Tensor.Like(x), dx = Tensor.Like(x), loss = new([], dtype, Device);
        int[] labels = [.. Enumerable.Range(0, N).Select(_ => random.NextInt(classes))];

        Backend.SoftmaxCrossEntropyForward(x, From(labels), p, loss);
        Backend.SoftmaxCrossEntropyBackward(p, From(labels), dx);

        double[] exact = Rows(x, Softmax);
        double expected = Enumerable.Range(0, N).Average(row => -Math.Log(exact[(row * classes) + labels[row]]));
        AssertNear(p, exact, i => (10 + 8 + classes) * Roundoff(dtype) * exact[i]);

        // An error of the sum moves its logarithm by as much, relatively.
        AssertNear(loss, [expected], _ => (10 + 4 + classes + expected) * Roundoff(dtype));
        AssertNear(
            dx,
            [.. exact.Select((value, i) => (value - (i % classes == labels[i / classes] ? 1 : 0)) / N)],
            _ => (10 + 8 + classes + 2) * Roundoff(dtype) / N);
    }

    [Test]
    public void One_hot_targets_say_the_same_as_labels([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Philox random = new(9);
        Tensor x = Uniform(random, [4, 5], dtype), labels = From(3, 0, 4, 3);
        Tensor oneHot = From(0.0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0).To(dtype).Reshape([4, 5]);

        (double[] p, double[] loss, double[] dx) = CrossEntropy(x, labels);
        (double[] P, double[] Loss, double[] Dx) other = CrossEntropy(x, oneHot);
        Assert.That(other.P, Is.EqualTo(p));
        Assert.That(other.Loss, Is.EqualTo(loss));
        Assert.That(other.Dx, Is.EqualTo(dx).Within(Roundoff(dtype)));

        (double[] P, double[] Loss, double[] Dx) CrossEntropy(Tensor x, Tensor targets)
        {
            Tensor p = Tensor.Like(x), dx = Tensor.Like(x), loss = new([], x.DType, Device);
            Backend.SoftmaxCrossEntropyForward(x, targets, p, loss);
            Backend.SoftmaxCrossEntropyBackward(p, targets, dx);
            return (Of(p), Of(loss), Of(dx));
        }
    }

    [Test]
    public void Targets_that_sum_to_anything_follow_the_formula([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Philox random = new(10);
        Tensor x = Uniform(random, [3, 11], dtype), t = Uniform(random, [3, 11], dtype, 0, 1), p = Tensor.Like(x), dx = Tensor.Like(x), loss = new([], dtype, Device);
        Backend.SoftmaxCrossEntropyForward(x, t, p, loss);
        Backend.SoftmaxCrossEntropyBackward(p, t, dx);

        double[] exact = Rows(x, Softmax), ts = Of(t);
        AssertNear(loss, [exact.Zip(ts, (q, target) => -target * Math.Log(q)).Sum() / 3], _ => 40 * Roundoff(dtype) * 11);
        AssertNear(
            dx,
            [.. exact.Select((q, i) => ((q * ts.Skip(i / 11 * 11).Take(11).Sum()) - ts[i]) / 3)],
            _ => 40 * Roundoff(dtype));
    }

    [Test]
    public void A_class_ruled_out_by_an_infinite_logit_costs_nothing()
    {
        Tensor x = From(0f, float.NegativeInfinity).Reshape([1, 2]), p = Tensor.Like(x), loss = new([], DType.Float32, Device);
        Backend.SoftmaxCrossEntropyForward(x, From(1f, 0f).Reshape([1, 2]), p, loss);
        Assert.That(loss.Item(), Is.Zero);
        AssertEqual(p, [1, 0]);
    }

    [Test]
    public void Logistic_cross_entropy_is_the_mean_of_its_formula([Values(DType.Float32, DType.Float64)] DType dtype, [Values(1, 9, 40_001)] int n)
    {
        Philox random = new((ulong)n);
        Tensor x = Uniform(random, [n], dtype, -8, 8), t = Uniform(random, [n], dtype, 0, 1), p = Tensor.Like(x), loss = new([], dtype, Device);
        Backend.LogisticCrossEntropyForward(x, t, p, loss);

        double[] exact = [.. Of(x).Select(value => 1 / (1 + Math.Exp(-value)))];
        double expected = exact.Zip(Of(t), (q, target) => -(target * Math.Log(q)) - ((1 - target) * Math.Log(1 - q))).Average();

        // Terms below 17 with some ten roundings each, and a pairwise sum; 1 − q of the reference has lost up to e⁸ roundoffs of double.
        AssertNear(loss, [expected], _ => (30 * Roundoff(dtype) * 17) + (Math.Exp(8) * Roundoff(DType.Float64)));
        AssertNear(p, exact, i => 8 * Roundoff(dtype) * exact[i]);
    }

    [Test]
    public void Logistic_cross_entropy_of_a_sure_thing_keeps_its_digits()
    {
        // ln(1 + e⁻³⁰) = 9.36e-14, far below the roundoff of 1.
        Tensor x = From(30f, 30f), p = Tensor.Like(x), loss = new([], DType.Float32, Device);
        Backend.LogisticCrossEntropyForward(x, Filled([2], DType.Float32, 1), p, loss);
        AssertNear(loss, [Math.Exp(-30)], _ => 1e-6 * Math.Exp(-30));
    }

    [TestCase(3)]
    [TestCase(-1)]
    public void A_label_that_is_no_class_is_refused_in_main_memory_and_makes_a_loss_NaN_elsewhere(int label)
    {
        Tensor x = Filled([2, 3], DType.Float32, 0), p = Tensor.Like(x), loss = new([], DType.Float32, Device), labels = From(0, label);
        if (Device == Device.Cpu)
        {
            Assert.That(
                () => Backend.SoftmaxCrossEntropyForward(x, labels, p, loss),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains($"Label {label} at position 1"));
            Assert.That(() => Backend.SoftmaxCrossEntropyBackward(p, labels, x), Throws.TypeOf<ArgumentOutOfRangeException>());
            return;
        }

        Backend.SoftmaxCrossEntropyForward(x, labels, p, loss);
        Backend.SoftmaxCrossEntropyBackward(p, labels, x);
        Assert.That(loss.Item(), Is.NaN);
        Assert.That(Of(p), Has.All.InRange(0.333, 0.334));
        Assert.That(Of(x).Select(double.IsNaN), Is.EqualTo(new[] { false, false, false, true, true, true }));
    }

    // Batches for one block, for several, and with a block for each row.
    [TestCase(64, 10)]
    [TestCase(3300, 10)]
    [TestCase(40, 1025)]
    [TestCase(3, 1025)]
    public void The_loss_of_a_large_batch_is_the_mean_of_its_rows(int rows, int classes)
    {
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Philox random = new((ulong)rows);
            Tensor x = Uniform(random, [rows, classes], dtype, -5, 5), t = Uniform(random, [rows, classes], dtype, 0, 2.0 / classes);
            Tensor p = Tensor.Like(x), dx = Tensor.Like(x), loss = new([], dtype, Device);
            Backend.SoftmaxCrossEntropyForward(x, t, p, loss);
            Backend.SoftmaxCrossEntropyBackward(p, t, dx);

            double[] exact = Rows(x, Softmax), ts = Of(t), sums = [.. ts.Chunk(classes).Select(row => row.Sum())];
            AssertNear(p, exact, i => (10 + 8 + classes) * Roundoff(dtype) * exact[i]);
            AssertNear(loss, [Sum(exact.Zip(ts, (q, target) => -target * Math.Log(q))) / rows], _ => (10 + 4 + classes + 20) * Roundoff(dtype) * sums.Max());
            AssertNear(
                dx,
                [.. exact.Select((q, i) => ((q * sums[i / classes]) - ts[i]) / rows)],
                i => (10 + 8 + (2 * classes) + 2) * Roundoff(dtype) * ((exact[i] * sums[i / classes]) + ts[i]) / rows);
        }
    }

    [Test]
    public void Shapes_that_do_not_fit_are_both_named()
    {
        Tensor x = Filled([2, 3], DType.Float32, 0), p = Tensor.Like(x), loss = new([], DType.Float32, Device);
        Assert.That(() => Backend.SoftmaxForward(x, Filled([3, 2], DType.Float32, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]").And.Message.Contains("[3, 2]"));
        Assert.That(() => Backend.SoftmaxCrossEntropyForward(x, From(0, 1, 2), p, loss), Throws.TypeOf<ShapeException>().With.Message.Contains("[3]").And.Message.Contains("[2, 3]"));
        Assert.That(() => Backend.SoftmaxCrossEntropyForward(x, Filled([2, 4], DType.Float32, 0), p, loss), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 4]"));
        Assert.That(() => Backend.SoftmaxCrossEntropyForward(x, x, p, new Tensor([1])), Throws.TypeOf<ShapeException>());
        Assert.That(() => Backend.SoftmaxCrossEntropyForward(Filled([6], DType.Float32, 0), From(0), p, loss), Throws.TypeOf<ShapeException>().With.Message.Contains("[6]"));
        Assert.That(() => Backend.LogisticCrossEntropyForward(x, Filled([6], DType.Float32, 0), p, loss), Throws.TypeOf<ShapeException>());
    }

    private static double[] Rows(Tensor x, Func<double[], double[]> function) => [.. Of(x).Chunk(x.Shape[-1]).SelectMany(function)];

    private static double[] Softmax(double[] row)
    {
        double max = row.Max(), sum = row.Sum(value => Math.Exp(value - max));
        return [.. row.Select(value => Math.Exp(value - max) / sum)];
    }
}
