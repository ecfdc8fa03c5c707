using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class OptimizersTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void Gradient_descent_with_momentum_follows_its_formula(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(0, 0.9)] double momentum, [Values(1, 16, 101, 2049)] int n)
    {
        Philox random = new((ulong)n);
        Tensor theta = Uniform(random, [n], dtype), velocity = Tensor.Zeros([n], dtype, Device);
        double[] expected = Of(theta), v = new double[n];
        for (int step = 1; step <= 3; step++)
        {
            Tensor g = Uniform(random, [n], dtype);
            double[] gradient = Of(g);
            Backend.SgdStep([new(g, momentum == 0 ? null : velocity, theta)], 0.1, momentum);
            for (int i = 0; i < n; i++)
            {
                v[i] = (momentum * v[i]) + gradient[i];
                expected[i] -= 0.1 * v[i];
            }
        }

        // Per step: three roundings of numbers below 6, and η and μ rounded.
        AssertNear(theta, expected, _ => 3 * 5 * 6 * Roundoff(dtype));
        if (momentum != 0)
        {
            AssertNear(velocity, v, _ => 3 * 3 * 6 * Roundoff(dtype));
        }
    }

    [Test]
    public void Adam_follows_algorithm_1([Values(DType.Float32, DType.Float64)] DType dtype, [Values(1, 16, 101, 2049)] int n)
    {
        Philox random = new((ulong)n);
        AdamSettings settings = new(Rate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8);
        Tensor theta = Uniform(random, [n], dtype), m = Tensor.Zeros([n], dtype, Device), v = Tensor.Zeros([n], dtype, Device);
        double[] expected = Of(theta), first = new double[n], second = new double[n];
        for (int step = 1; step <= 5; step++)
        {
            Tensor g = Uniform(random, [n], dtype, 0.5, 2);
            double[] gradient = Of(g);
            Backend.AdamStep([new(g, m, v, theta)], settings, step);
            for (int i = 0; i < n; i++)
            {
                first[i] = (0.9 * first[i]) + (0.1 * gradient[i]);
                second[i] = (0.999 * second[i]) + (0.001 * gradient[i] * gradient[i]);
                expected[i] -= 0.01 * (first[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
        }

        // Five steps: θ < 2.1 rounded each time, and a step of about η with some ten roundings of its own.
        AssertNear(theta, expected, _ => 5 * (2.1 + (0.01 * 4 * 10)) * Roundoff(dtype));
        AssertNear(m, first, i => 5 * 4 * Roundoff(dtype) * first[i]);
        AssertNear(v, second, i => 5 * 5 * Roundoff(dtype) * second[i]);
    }

    [Test]
    public void The_first_step_of_Adam_is_the_learning_rate()
    {
        // m/(1 − β₁) = g and √(v/(1 − β₂)) = |g|, so θ moves by η·g/(|g| + ε), whatever the size of g.
        Tensor theta = From(0.0, 0.0), g = From(1000.0, -0.001), m = From(0.0, 0.0), v = From(0.0, 0.0);
        Backend.AdamStep([new(g, m, v, theta)], new AdamSettings(0.1, 0.9, 0.999, 1e-8), 1);
        AssertNear(theta, [-0.1, 0.1], _ => 1e-5 * 0.1);
    }

    // More parameters than one launch takes, of all sizes: each moves as it does alone.
    [Test]
    public void Many_parameters_move_at_once_as_each_does_alone(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values("sgd", "momentum", "adam")] string rule)
    {
        Philox random = new(8);
        AdamSettings settings = new(0.1, 0.9, 0.99, 1e-8);
        AdamItem[] together = [.. Enumerable.Range(0, 100).Select(i => NewItem(1 + (i * i % 3001)))];
        AdamItem[] alone = [.. together.Select(item => new AdamItem(item.Gradient, item.M.Clone(), item.V.Clone(), item.Theta.Clone()))];

        Move(together);
        foreach (AdamItem item in alone)
        {
            Move([item]);
        }

        for (int i = 0; i < alone.Length; i++)
        {
            AssertEqual(together[i].Theta, Of(alone[i].Theta));
            AssertEqual(together[i].M, Of(alone[i].M));
            AssertEqual(together[i].V, Of(alone[i].V));
        }

        AdamItem NewItem(int n) =>
            new(Uniform(random, [n], dtype), Uniform(random, [n], dtype), Uniform(random, [n], dtype, 0, 2), Uniform(random, [n], dtype));

        void Move(AdamItem[] items)
        {
            if (rule == "adam")
            {
                Backend.AdamStep(items, settings, 2);
                return;
            }

            Backend.SgdStep([.. items.Select(item => new SgdItem(item.Gradient, item.M, item.Theta))], 0.1, rule == "sgd" ? 0 : 0.9);
        }
    }

    [Test]
    public void Moments_without_a_gradient_fade_to_zero_and_do_not_get_stuck_above_it([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        // 0.9 of the smallest number that there is rounds to that number again.
        double normal = dtype == DType.Float32 ? Math.ScaleB(1, -126) : Math.ScaleB(1, -1022);
        Tensor g = Tensor.Zeros([3], dtype, Device);
        Tensor New(params double[] values) => Tensor.From(values).To(dtype).To(Device);
        Tensor velocity = New(4 * normal, -4 * normal, double.NaN), m = New(4 * normal, -4 * normal, double.NaN), v = New(normal, 1.001 * normal, double.NaN);
        for (int step = 1; step <= 20; step++)
        {
            Backend.SgdStep([new(g, velocity, New(1, 1, 1))], 0.1, 0.9);
            Backend.AdamStep([new(g, m, v, New(1, 1, 1))], new(Rate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8), step);
        }

        foreach (Tensor moment in (Tensor[])[velocity, m, v])
        {
            Assert.That(Of(moment), Is.EqualTo([0, 0, double.NaN]));
        }
    }

    [Test]
    public void A_guard_that_is_not_zero_stops_the_step()
    {
        Tensor g = From(1f, 2f), m = From(3f, 4f), v = From(5f, 6f), theta = From(7f, 8f), guard = new([], DType.Int32, Device);
        AdamSettings settings = new(0.1, 0.9, 0.999, 1e-8);
        Backend.Fill(2, guard);
        Backend.SgdStep([new(g, null, theta)], 0.1, 0, guard);
        Backend.SgdStep([new(g, m, theta)], 0.1, 0.9, guard);
        Backend.AdamStep([new(g, m, v, theta)], settings, 1, guard);
        AssertEqual(m, [3, 4]);
        AssertEqual(v, [5, 6]);
        AssertEqual(theta, [7, 8]);

        Backend.Fill(0, guard);
        Backend.SgdStep([new(g, null, theta)], 0.5, 0, guard);
        AssertEqual(theta, [6.5, 7]);
        Backend.AdamStep([new(g, m, v, theta)], settings, 1, guard);
        Assert.That(Of(theta), Is.All.LessThan(7).And.All.Not.EqualTo(6.5));
    }

    [Test]
    public void Arguments_that_do_not_fit_are_refused()
    {
        Tensor theta = Filled([3], DType.Float32, 0), other = Filled([4], DType.Float32, 0), exact = Filled([3], DType.Float64, 0);
        AdamSettings settings = new(0.1, 0.9, 0.999, 1e-8);
        Assert.That(() => Backend.SgdStep([new(other, null, theta)], 0.1, 0), Throws.TypeOf<ShapeException>().With.Message.Contains("[4]").And.Message.Contains("[3]"));
        Assert.That(() => Backend.SgdStep([new(theta, null, theta)], 0.1, 0.9), Throws.TypeOf<ArgumentNullException>());
        Assert.That(() => Backend.SgdStep([new(theta, other, theta)], 0.1, 0.9), Throws.TypeOf<ShapeException>());
        Assert.That(
            () => Backend.SgdStep([new(theta, null, theta), new(exact, null, exact)], 0.1, 0),
            Throws.TypeOf<ShapeException>().With.Message.Contains("Float32").And.Message.Contains("Float64"));
        Assert.That(() => Backend.SgdStep([new(theta, null, theta)], 0.1, 0, guard: theta), Throws.TypeOf<ShapeException>().With.Message.Contains("Int32"));
        Assert.That(() => Backend.AdamStep([new(theta, other, theta, theta)], settings, 1), Throws.TypeOf<ShapeException>());
        Assert.That(() => Backend.AdamStep([new(theta, theta, theta, theta)], settings, 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => Backend.AdamStep([new(theta, theta, theta, theta), new(exact, exact, exact, exact)], settings, 1), Throws.TypeOf<ShapeException>());
    }

    [Test]
    public void Many_parameters_together_move_as_each_by_itself([Values(DType.Float32, DType.Float64)] DType dtype, [Values(0, 0.9)] double momentum)
    {
        // Lengths at, below and beyond the blocks and jobs that a list is cut into.
        int[] lengths = [1, 64, 40_000, 63, 65, 2, 100_001, 128, 10];
        Philox random = new(5);
        AdamSettings settings = new(Rate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8);
        Tensor[] g = [.. lengths.Select(n => Uniform(random, [n], dtype))], theta = [.. lengths.Select(n => Uniform(random, [n], dtype))];
        Tensor[] m = [.. lengths.Select(n => Uniform(random, [n], dtype, 0.1, 2))], v = [.. lengths.Select(n => Uniform(random, [n], dtype, 0.1, 2))];
        Tensor[] alone = [.. theta.Concat(m).Concat(v).Select(t => t.Clone())];
        int count = lengths.Length;
        for (int i = 0; i < count; i++)
        {
            Backend.AdamStep([new(g[i], alone[count + i], alone[(2 * count) + i], alone[i])], settings, 2);
            Backend.SgdStep([new(g[i], momentum == 0 ? null : alone[count + i], alone[i])], 0.1, momentum);
        }

        Backend.AdamStep([.. Enumerable.Range(0, count).Select(i => new AdamItem(g[i], m[i], v[i], theta[i]))], settings, 2);
        Backend.SgdStep([.. Enumerable.Range(0, count).Select(i => new SgdItem(g[i], momentum == 0 ? null : m[i], theta[i]))], 0.1, momentum);
        Tensor[] together = [.. theta, .. m, .. v];
        for (int i = 0; i < together.Length; i++)
        {
            AssertEqual(together[i], Of(alone[i]));
        }
    }
}
