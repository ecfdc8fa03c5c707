using Engine.Layers;

namespace Engine.Tests.Layers;

public sealed class DropoutLayerTests
{
    private const int Count = 200_000;

    [FsCheck.NUnit.Property(MaxTest = 20, QuietOnSuccess = true)]
    public void The_same_seed_drops_the_same_elements_and_another_seed_others(ulong seed)
    {
        double[] first = Mask(0.5, seed, 1000);
        Assert.That(Mask(0.5, seed, 1000), Is.EqualTo(first));
        Assert.That(Mask(0.5, seed + 1, 1000), Is.Not.EqualTo(first));
    }

    [Test]
    public void Every_element_is_dropped_or_scaled_by_one_over_1_minus_p([Values(0.1, 0.25, 0.5, 0.8)] double rate) =>
        Assert.That(Mask(rate, seed: 1, 1000).Distinct().Order(), Is.EqualTo(new[] { 0, 1 / (1 - rate) }).Within(1e-14));

    [Test]
    public void As_many_are_dropped_as_the_rate_says([Values(0.1, 0.25, 0.5, 0.8)] double rate, [Values(1UL, 2UL, 3UL)] ulong seed)
    {
        // Binomial: mean n·p, deviation √(n·p·(1 − p)). Beyond 5 deviations lies one mask in 1.7 million.
        int dropped = Mask(rate, seed, Count).Count(m => m == 0);
        Assert.That(dropped, Is.EqualTo(Count * rate).Within(5 * Math.Sqrt(Count * rate * (1 - rate))));
    }

    [Test]
    public void The_mean_is_kept([Values(0.1, 0.25, 0.5, 0.8)] double rate, [Values(1UL, 2UL, 3UL)] ulong seed)
    {
        // An element of the mask has mean 1 and variance p/(1 − p).
        double mean = Mask(rate, seed, Count).Average();
        Assert.That(mean, Is.EqualTo(1).Within(5 * Math.Sqrt(rate / (1 - rate) / Count)));
    }

    [Test]
    public void Neighbours_are_dropped_independently()
    {
        // Of the pairs of neighbours p² are dropped both; pairs that do not overlap are independent.
        const double Rate = 0.3;
        double[] mask = Mask(Rate, seed: 4, Count);
        int both = Enumerable.Range(0, Count / 2).Count(i => mask[2 * i] == 0 && mask[(2 * i) + 1] == 0);
        double p = Rate * Rate, n = Count / 2;
        Assert.That(both, Is.EqualTo(n * p).Within(5 * Math.Sqrt(n * p * (1 - p))));
    }

    [Test]
    public void Two_uses_in_one_pass_drop_different_elements()
    {
        Dropout layer = new(0.5);
        Pass pass = new(Mode.Training, new Philox(5));
        double[] first = layer.Forward(Ones(1000), pass).AsSpan<double>().ToArray();
        Assert.That(layer.Forward(Ones(1000), pass).AsSpan<double>().ToArray(), Is.Not.EqualTo(first));
    }

    [Test]
    public void Two_uses_in_one_pass_drop_what_one_of_both_lengths_would()
    {
        Dropout layer = new(0.5);
        Pass pass = new(Mode.Training, new Philox(6));
        double[] first = layer.Forward(Ones(600), pass).AsSpan<double>().ToArray();
        double[] second = layer.Forward(Ones(400), pass).AsSpan<double>().ToArray();
        Assert.That(first.Concat(second), Is.EqualTo(Mask(0.5, seed: 6, 1000)));
    }

    [Test]
    public void A_rate_of_0_is_the_identity_both_ways_and_needs_no_random_numbers()
    {
        Tensor x = Ones(10);
        Pass pass = new(Mode.Training);
        Assert.That(new Dropout(0).Forward(x, pass), Is.SameAs(x));
        Assert.That(new Dropout(0).Backward(x, pass), Is.SameAs(x));
    }

    [Test]
    public void Inference_is_the_identity_and_needs_no_random_numbers()
    {
        Tensor x = Ones(10);
        Assert.That(new Dropout(0.9).Forward(x, new Pass(Mode.Inference)).AsSpan<double>().ToArray(), Is.All.EqualTo(1));
    }

    [Test]
    public void A_rate_of_1_or_more_or_below_0_or_NaN_is_refused([Values(1, 1.5, -0.1, double.NaN)] double rate) =>
        Assert.That(() => new Dropout(rate), Throws.TypeOf<ArgumentOutOfRangeException>());

    private static double[] Mask(double rate, ulong seed, int count) =>
        new Dropout(rate).Forward(Ones(count), new Pass(Mode.Training, new Philox(seed))).AsSpan<double>().ToArray();

    private static Tensor Ones(int count)
    {
        Tensor ones = new([count], DType.Float64);
        ones.AsSpan<double>().Fill(1);
        return ones;
    }
}
