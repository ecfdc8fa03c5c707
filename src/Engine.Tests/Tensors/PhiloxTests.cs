namespace Engine.Tests.Tensors;

public sealed class PhiloxTests
{
    // The known-answer vectors of Random123 (Salmon et al., kat_vectors, "philox4x32 10").
    [TestCase(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [TestCase(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [TestCase(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_are_those_of_the_reference(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.That(
            Philox.Block(c0 | ((ulong)c1 << 32), c2 | ((ulong)c3 << 32), k0 | ((ulong)k1 << 32)),
            Is.EqualTo((x0, x1, x2, x3)));

    [Test]
    public void Number_i_is_a_function_of_seed_stream_and_i_alone()
    {
        Philox inOrder = new(9, 4);
        uint[] numbers = [.. Enumerable.Range(0, 23).Select(_ => inOrder.NextUInt32())];
        foreach (int i in new Philox(1).Permutation(23))
        {
            Philox anywhere = new(9, 4) { Position = (ulong)i };
            Assert.That(anywhere.NextUInt32(), Is.EqualTo(numbers[i]));
            (uint x0, uint x1, uint x2, uint x3) = Philox.Block((ulong)i >> 2, 4, 9);
            Assert.That(numbers[i], Is.EqualTo((i & 3) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 }));
        }

        inOrder.Position = 5;
        Assert.That(inOrder.NextUInt32(), Is.EqualTo(numbers[5]), "after going back");
    }

    [Test]
    public void Streams_and_seeds_differ()
    {
        Philox a = new(1), b = new(1, stream: 1), c = new(2);
        uint first = a.NextUInt32();
        Assert.That(b.NextUInt32(), Is.Not.EqualTo(first));
        Assert.That(c.NextUInt32(), Is.Not.EqualTo(first));
        Assert.That(new Philox(1, stream: 0).NextUInt32(), Is.EqualTo(first));
    }

    [Test]
    public void Uniform_numbers_have_the_moments_of_their_distribution()
    {
        const int N = 200_000;
        Philox random = new(3);
        double[] values = [.. Enumerable.Range(0, N).Select(_ => random.NextDouble())];
        Assert.That(values, Has.All.GreaterThanOrEqualTo(0).And.All.LessThan(1));

        // Mean ½ with deviation √(1/12N); 5 of those.
        Assert.That(values.Average(), Is.EqualTo(0.5).Within(5 / Math.Sqrt(12.0 * N)));
        Assert.That(values.Average(v => v * v), Is.EqualTo(1.0 / 3).Within(5 * Math.Sqrt((1.0 / 5) - (1.0 / 9)) / Math.Sqrt(N)));
    }

    [Test]
    public void Normal_numbers_have_the_moments_of_their_distribution()
    {
        const int N = 200_000;
        Philox random = new(4);
        double[] values = [.. Enumerable.Range(0, N).Select(_ => random.NextNormal())];
        Assert.That(values.Average(), Is.EqualTo(0).Within(5 / Math.Sqrt(N)));
        Assert.That(values.Average(v => v * v), Is.EqualTo(1).Within(5 * Math.Sqrt(2.0 / N)));
        Assert.That(values.Average(v => v * v * v * v), Is.EqualTo(3).Within(5 * Math.Sqrt(96.0 / N)));
    }

    [Test]
    public void Whole_numbers_below_a_bound_are_equally_likely([Values(1, 2, 3, 10, 1000)] int bound)
    {
        const int N = 100_000;
        Philox random = new(5);
        int[] counts = new int[bound];
        for (int i = 0; i < N; i++)
        {
            counts[random.NextInt(bound)]++;
        }

        // χ² has bound − 1 degrees of freedom: mean bound − 1, variance twice that; 5 deviations.
        double expected = (double)N / bound, chi = counts.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.That(chi, Is.LessThan(bound - 1 + (5 * Math.Sqrt(2.0 * (bound - 1))) + 1e-9));
    }

    [Test]
    public void A_bound_below_1_is_refused() =>
        Assert.That(() => new Philox(0).NextInt(0), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Permutations_are_complete_and_all_orders_equally_likely()
    {
        Philox random = new(6);
        Assert.That(random.Permutation(100), Is.EquivalentTo(Enumerable.Range(0, 100)));

        const int N = 60_000;
        Dictionary<string, int> counts = [];
        for (int i = 0; i < N; i++)
        {
            string order = string.Concat(random.Permutation(3));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.That(counts, Has.Count.EqualTo(6));

        // Binomial with p = 1/6; 5 deviations.
        Assert.That(counts.Values, Has.All.EqualTo(N / 6.0).Within(5 * Math.Sqrt(N * 5.0 / 36)));
    }
}
