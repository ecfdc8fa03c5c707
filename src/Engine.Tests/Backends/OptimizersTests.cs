using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

public sealed class OptimizersTests
{
    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    [Test]
    public void Gradient_descent_with_momentum_follows_its_formula(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(0, 0.9)] double momentum, [Values(1, 16, 101)] int n)
    {
        Philox random = new((ulong)n);
        Tensor theta = Uniform(random, [n], dtype), velocity = Tensor.Zeros([n], dtype);
        double[] expected = Of(theta), v = new double[n];
        for (int step = 1; step <= 3; step++)
        {
            Tensor g = Uniform(random, [n], dtype);
            Cpu.SgdStep(g, 0.1, momentum, momentum == 0 ? null : velocity, theta);
            for (int i = 0; i < n; i++)
            {
                v[i] = (momentum * v[i]) + g.GetFlat(i);
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
    public void Adam_follows_algorithm_1([Values(DType.Float32, DType.Float64)] DType dtype, [Values(1, 16, 101)] int n)
    {
        Philox random = new((ulong)n);
        AdamSettings settings = new(Rate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8);
        Tensor theta = Uniform(random, [n], dtype), m = Tensor.Zeros([n], dtype), v = Tensor.Zeros([n], dtype);
        double[] expected = Of(theta), first = new double[n], second = new double[n];
        for (int step = 1; step <= 5; step++)
        {
            Tensor g = Uniform(random, [n], dtype, 0.5, 2);
            Cpu.AdamStep(g, settings, step, m, v, theta);
            for (int i = 0; i < n; i++)
            {
                double gradient = g.GetFlat(i);
                first[i] = (0.9 * first[i]) + (0.1 * gradient);
                second[i] = (0.999 * second[i]) + (0.001 * gradient * gradient);
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
        Tensor theta = Tensor.From(0.0, 0.0), g = Tensor.From(1000.0, -0.001);
        Cpu.AdamStep(g, new AdamSettings(0.1, 0.9, 0.999, 1e-8), 1, Tensor.Zeros([2], DType.Float64), Tensor.Zeros([2], DType.Float64), theta);
        AssertNear(theta, [-0.1, 0.1], _ => 1e-5 * 0.1);
    }

    [Test]
    public void Arguments_that_do_not_fit_are_refused()
    {
        Tensor theta = Filled([3], DType.Float32, 0), other = Filled([4], DType.Float32, 0);
        AdamSettings settings = new(0.1, 0.9, 0.999, 1e-8);
        Assert.That(() => Cpu.SgdStep(other, 0.1, 0, null, theta), Throws.TypeOf<ShapeException>().With.Message.Contains("[4]").And.Message.Contains("[3]"));
        Assert.That(() => Cpu.SgdStep(theta, 0.1, 0.9, null, theta), Throws.TypeOf<ArgumentNullException>());
        Assert.That(() => Cpu.SgdStep(theta, 0.1, 0.9, other, theta), Throws.TypeOf<ShapeException>());
        Assert.That(() => Cpu.AdamStep(theta, settings, 1, other, theta, theta), Throws.TypeOf<ShapeException>());
        Assert.That(() => Cpu.AdamStep(theta, settings, 0, theta, theta, theta), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
