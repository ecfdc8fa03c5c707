using Engine.Backends.Cpu.Winograd;

namespace Engine.Tests.Backends;

/// <summary>Winograd's methods one by one, in Float64, against the definition; and their choice, in Float32, against the bound.</summary>
[TestFixture(typeof(TwoByTwo))]
[TestFixture(typeof(FourByFour))]
internal sealed class WinogradTests<TMethod>
    where TMethod : IWinograd
{
    [Test]
    public void In_Float64_the_outputs_are_the_definitions_but_for_what_the_norms_of_the_transforms_allow([Range(1, 30)] int seed)
    {
        WinogradCase<TMethod> c = new(new Philox((ulong)seed, 11), mostChannels: 20);
        AssertNear(c.Forward(), c.Definition.DefinitionOfForward(), WinogradCase<TMethod>.Bound(c.Definition.Depth), seed, c);
        AssertNear(c.BackwardData(), c.Definition.DefinitionOfBackwardData(), WinogradCase<TMethod>.Bound(c.ProductsPerPixel), seed, c);
    }

    private static void AssertNear(double[] actual, Sums expected, double roundings, int seed, WinogradCase<TMethod> c)
    {
        // Products of normal numbers: none of these few is beyond 36.
        double bound = 36 * roundings * Numbers.Roundoff(DType.Float64);
        Assert.That(bound, Is.LessThan(1e-6), "a bound that says something");
        Assert.That(actual, Has.Length.EqualTo(expected.Values.Length));
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected.Values[i]).Within(bound), $"element {i}, seed {seed}, {c}");
        }
    }
}
