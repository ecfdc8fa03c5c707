using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class NormalizationTests(Device device) : DeviceSuite(device)
{
    private const double Epsilon = 1e-3;

    // The last three are more than a block of a GPU takes.
    private static readonly Shape[] Shapes =
    [
        [2, 1], [9, 3], [5, 8], [130, 21], [2, 3, 1, 1], [3, 2, 5, 7], [4, 5, 3, 3], [2, 3, 41, 53], [3, 2, 75, 77], [1031, 35], [5, 1, 9, 397],
    ];

    [Test]
    public void Forward_normalizes_each_channel([Values(DType.Float32, DType.Float64)] DType dtype, [Range(0, 10)] int shape, [Values(0, 100)] double offset)
    {
        Batch batch = new(Shapes[shape], dtype, offset, Device);
        Tensor y = Tensor.Like(batch.X), mean = new([batch.C], dtype, Device), variance = new([batch.C], dtype, Device);

        Backend.BatchNormalizationForward(batch.X, batch.Gamma, batch.Beta, Epsilon, y, mean, variance);

        // Pairwise sums err by less than 20 roundings for these sizes. The mean errs by δ ≤ 20ε·|x|, each deviation by
        // about as much, the variance by 2δσ + δ² and 20 roundings of its own.
        double delta = 20 * Roundoff(dtype) * (offset + 2);
        double VarianceError(int c) => (2 * delta * Math.Sqrt(batch.Variance[c])) + (delta * delta) + (20 * Roundoff(dtype) * batch.Variance[c]);
        AssertNear(mean, batch.Mean, _ => delta);
        AssertNear(variance, batch.Variance, VarianceError);

        // |γ| ≤ 2 and |β| ≤ 2: y errs by γ/σ times the deviation's error, by half the variance's relative error, and by
        // some ten roundings.
        AssertNear(y, batch.Normalized, i =>
        {
            int c = batch.Channel(i);
            double sigma2 = batch.Variance[c] + Epsilon, normalized = Math.Abs(batch.Xs[i] - batch.Mean[c]) / Math.Sqrt(sigma2);
            return (2 * ((2 * delta / Math.Sqrt(sigma2)) + (normalized * VarianceError(c) / sigma2))) + (10 * Roundoff(dtype) * (2 + (2 * normalized)));
        });
    }

    [Test]
    public void Inference_uses_the_statistics_it_is_given([Values(DType.Float32, DType.Float64)] DType dtype, [Range(0, 10)] int shape)
    {
        Philox random = new(77);
        Batch batch = new(Shapes[shape], dtype, 0, Device);
        Tensor mean = Uniform(random, [batch.C], dtype), variance = Uniform(random, [batch.C], dtype, 0.5, 2), y = Tensor.Like(batch.X);

        Backend.BatchNormalizationInference(batch.X, batch.Gamma, batch.Beta, mean, variance, Epsilon, y);

        double[] gammas = Of(batch.Gamma), betas = Of(batch.Beta), means = Of(mean), variances = Of(variance);
        double[] expected = [.. batch.Xs.Select((x, i) => Affine(x, batch.Channel(i)))];
        AssertNear(y, expected, _ => 8 * 2 * 4 / Math.Sqrt(0.5) * Roundoff(dtype));

        double Affine(double x, int c) =>
            (gammas[c] * (x - means[c]) / Math.Sqrt(variances[c] + Epsilon)) + betas[c];
    }

    [Test]
    public void Backward_follows_its_formula(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Range(0, 10)] int shape, [Values] bool constantStatistics)
    {
        Philox random = new(78);
        Batch batch = new(Shapes[shape], dtype, 0, Device);
        Tensor g = Uniform(random, batch.X.Shape, dtype), mean = From(batch.Mean).To(dtype), variance = From(batch.Variance).To(dtype);
        Tensor dx = Tensor.Like(g), dgamma = Uniform(random, [batch.C], dtype), dbeta = Uniform(random, [batch.C], dtype);
        double[] expectedDgamma = Of(dgamma), expectedDbeta = Of(dbeta), sumG = new double[batch.C], sumGX = new double[batch.C];
        double[] inverse = [.. Of(variance).Select(v => 1 / Math.Sqrt(v + Epsilon))], xs = batch.Xs, gs = Of(g), means = Of(mean), gammas = Of(batch.Gamma);
        double Hat(int i) => (xs[i] - means[batch.Channel(i)]) * inverse[batch.Channel(i)];
        for (int i = 0; i < gs.Length; i++)
        {
            sumG[batch.Channel(i)] += gs[i];
            sumGX[batch.Channel(i)] += gs[i] * Hat(i);
        }

        if (constantStatistics)
        {
            Backend.BatchNormalizationInferenceBackward(batch.X, g, batch.Gamma, mean, variance, Epsilon, dx, dgamma, dbeta);
        }
        else
        {
            Backend.BatchNormalizationBackward(batch.X, g, batch.Gamma, mean, variance, Epsilon, dx, dgamma, dbeta);
        }

        double m = batch.ElementsPerChannel;
        double[] expected = [.. gs.Select((gradient, i) =>
        {
            int c = batch.Channel(i);
            double inner = constantStatistics ? gradient : gradient - (sumG[c] / m) - (Hat(i) * sumGX[c] / m);
            return gammas[c] * inverse[c] * inner;
        })];

        // |g| ≤ 2, |γ| ≤ 2; per term some ten roundings, per sum twenty; x̂ is at most √m.
        double Worst(int c) => inverse[c] * 4;
        AssertNear(dx, expected, i => 40 * Roundoff(dtype) * 2 * Worst(batch.Channel(i)) * (1 + (Hat(i) * Hat(i))));
        AssertNear(dgamma, [.. expectedDgamma.Zip(sumGX, (a, b) => a + b)], c => 40 * Roundoff(dtype) * (2 + (m * Worst(c))));
        AssertNear(dbeta, [.. expectedDbeta.Zip(sumG, (a, b) => a + b)], _ => 40 * Roundoff(dtype) * (2 + (2 * m)));
    }

    [Test]
    public void Gradients_that_are_not_wanted_may_be_left_out()
    {
        Batch batch = new([4, 3, 5, 5], DType.Float64, 0, Device);
        Tensor mean = From(batch.Mean), variance = From(batch.Variance), with = Tensor.Like(batch.X), without = Tensor.Like(batch.X);
        Tensor dgamma = Tensor.Zeros([3], DType.Float64, Device), dbeta = Tensor.Zeros([3], DType.Float64, Device);
        Backend.BatchNormalizationBackward(batch.X, batch.X, batch.Gamma, mean, variance, Epsilon, with, dgamma, dbeta);
        Backend.BatchNormalizationBackward(batch.X, batch.X, batch.Gamma, mean, variance, Epsilon, without, null, null);
        AssertEqual(without, Of(with));
    }

    [Test]
    public void Back_through_an_activation_is_back_through_it_and_then_through_the_normalization([Values] Activation activation, [Values] bool constantStatistics)
    {
        Batch batch = new([4, 3, 5, 7], DType.Float32, 0, Device);
        Tensor g = Uniform(new Philox(79), batch.X.Shape, DType.Float32), h = Tensor.Like(g), y = Uniform(new Philox(80), batch.X.Shape, DType.Float32, -1, 1);
        Tensor mean = From(batch.Mean).To(DType.Float32), variance = From(batch.Variance).To(DType.Float32), apart = Tensor.Like(g);
        Tensor dgamma = Tensor.Zeros([3], DType.Float32, Device), dbeta = Tensor.Zeros([3], DType.Float32, Device), dgammaApart = dgamma.Clone(), dbetaApart = dbeta.Clone();
        Backend.ActivationBackward(activation, y, g, h);
        if (constantStatistics)
        {
            Backend.BatchNormalizationInferenceBackward(batch.X, h, batch.Gamma, mean, variance, Epsilon, apart, dgammaApart, dbetaApart);
            Backend.BatchNormalizationInferenceBackward(batch.X, g, batch.Gamma, mean, variance, Epsilon, dx: g, dgamma, dbeta, activation, y);
        }
        else
        {
            Backend.BatchNormalizationBackward(batch.X, h, batch.Gamma, mean, variance, Epsilon, apart, dgammaApart, dbetaApart);
            Backend.BatchNormalizationBackward(batch.X, g, batch.Gamma, mean, variance, Epsilon, dx: g, dgamma, dbeta, activation, y);
        }

        AssertEqual(g, Of(apart));
        AssertEqual(dgamma, Of(dgammaApart));
        AssertEqual(dbeta, Of(dbetaApart));
        Assert.That(
            () => Backend.BatchNormalizationBackward(batch.X, g, batch.Gamma, mean, variance, Epsilon, apart, null, null, activation),
            Throws.ArgumentNullException.With.Message.Contains("needs what it gave"));
    }

    [Test]
    public void A_large_offset_does_not_drown_the_variance()
    {
        // Values 10⁴ ± 1 have variance 1; with Σx²/m − (Σx/m)² in Float32 it would be lost (10⁸ · 2⁻²⁴ = 6).
        Tensor x = From([.. Enumerable.Range(0, 4000).Select(i => 10_000f + (i % 2 == 0 ? 1 : -1))]).Reshape([1000, 1, 2, 2]);
        Tensor y = Tensor.Like(x), mean = new([1], DType.Float32, Device), variance = new([1], DType.Float32, Device);
        Backend.BatchNormalizationForward(x, Filled([1], DType.Float32, 1), Filled([1], DType.Float32, 0), 0, y, mean, variance);
        AssertNear(mean, [10_000], _ => 1e-3);
        AssertNear(variance, [1], _ => 1e-5);
    }

    [Test]
    public void Shapes_that_do_not_fit_are_both_named()
    {
        Tensor x = Filled([2, 3, 4, 4], DType.Float32, 1), c = Filled([3], DType.Float32, 1), wrong = Filled([4], DType.Float32, 1);
        Assert.That(() => Backend.BatchNormalizationForward(x, wrong, c, Epsilon, Tensor.Like(x), c, c), Throws.TypeOf<ShapeException>().With.Message.Contains("gamma").And.Message.Contains("[4]").And.Message.Contains("[2, 3, 4, 4]"));
        Assert.That(() => Backend.BatchNormalizationForward(x, c, c, Epsilon, c, c, c), Throws.TypeOf<ShapeException>());
        Assert.That(() => Backend.BatchNormalizationForward(c, c, c, Epsilon, c, c, c), Throws.TypeOf<ShapeException>().With.Message.Contains("[3]"));
        Assert.That(() => Backend.BatchNormalizationInference(x, c, c, c, wrong, Epsilon, Tensor.Like(x)), Throws.TypeOf<ShapeException>().With.Message.Contains("variance"));
        Assert.That(() => Backend.BatchNormalizationBackward(x, x, c, c, c, Epsilon, Tensor.Like(x), wrong, null), Throws.TypeOf<ShapeException>().With.Message.Contains("dgamma"));
        Assert.That(() => Backend.BatchNormalizationInferenceBackward(x, c, c, c, c, Epsilon, Tensor.Like(x), null, null), Throws.TypeOf<ShapeException>().With.Message.Contains("BatchNormalizationInferenceBackward"));
    }

    // Random data and, in double, what batch normalization makes of it.
    private sealed class Batch
    {
        private readonly int positions;

        public Batch(Shape shape, DType dtype, double offset, Device device)
        {
            Philox random = new((ulong)shape.ElementCount);
            positions = shape.Stride(1);
            C = shape[1];
            X = Numbers.Uniform(random, shape, dtype, offset - 2, offset + 2).To(device);
            Gamma = Numbers.Uniform(random, [C], dtype).To(device);
            Beta = Numbers.Uniform(random, [C], dtype).To(device);
            Xs = Of(X);
            double[] xs = Xs, gammas = Of(Gamma), betas = Of(Beta);
            Mean = [.. Enumerable.Range(0, C).Select(c => Sum(xs.Where((_, i) => Channel(i) == c)) / ElementsPerChannel)];
            Variance = [.. Mean.Select((mu, c) => Sum(xs.Where((_, i) => Channel(i) == c).Select(x => (x - mu) * (x - mu))) / ElementsPerChannel)];
            Normalized = [.. xs.Select((x, i) => (gammas[Channel(i)] * (x - Mean[Channel(i)]) / Math.Sqrt(Variance[Channel(i)] + Epsilon)) + betas[Channel(i)])];
        }

        public int C { get; }

        public Tensor X { get; }

        public double[] Xs { get; }

        public Tensor Gamma { get; }

        public Tensor Beta { get; }

        public double[] Mean { get; }

        public double[] Variance { get; }

        public double[] Normalized { get; }

        public int ElementsPerChannel => X.ElementCount / C;

        public int Channel(int flat) => flat / positions % C;
    }
}
