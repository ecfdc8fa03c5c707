using Engine.Backends.Cpu.Winograd;

namespace Engine.Tests.Backends;

/// <summary>Winograd's methods one by one, in Float64, against the definition; and their choice, in Float32, against the bound.</summary>
[TestFixture(typeof(TwoByTwo))]
[TestFixture(typeof(FourByFour))]
internal sealed class WinogradTests<TMethod>
    where TMethod : IWinograd
{
    [Test]
    public void In_Float64_all_three_directions_are_the_definitions_but_for_what_the_norms_of_the_transforms_allow([Range(1, 30)] int seed)
    {
        WinogradCase<TMethod> c = new(new Philox((ulong)seed, 11), mostChannels: 20);
        string what = $"seed {seed}, {c}";
        AssertNear(c.Forward(), c.Definition.DefinitionOfForward().Values, c.RoundingsForward, $"forward, {what}");
        AssertNear(c.BackwardData(), c.Definition.DefinitionOfBackwardData().Values, c.RoundingsOfData, $"data, {what}");
        double[] weights = Numbers.Of(c.Definition.BackwardWeights(DType.Float64, startFromZero: true));
        AssertNear(c.BackwardWeights(), weights, c.RoundingsOfWeights, $"weights, {what}");
    }

    [Test]
    public void Backward_is_the_adjoint_of_forward([Range(1, 20)] int seed)
    {
        // ⟨w ∗ x, g⟩ = ⟨x, dx⟩ = ⟨w, dw⟩: no other method is consulted.
        WinogradCase<TMethod> c = new(new Philox((ulong)seed, 13), mostChannels: 20);
        double forward = Inner(c.Forward(), c.Definition.G), data = Inner(c.BackwardData(), c.Definition.X), weights = Inner(c.BackwardWeights(), c.Definition.W);
        double bound = LargestProduct * Largest * c.Definition.G.ElementCount * c.RoundingsForward * Numbers.Roundoff(DType.Float64);
        Assert.That(bound, Is.LessThan(1e-2), "a bound that says something");
        Assert.That(data, Is.EqualTo(forward).Within(bound), $"seed {seed}, {c}");
        Assert.That(weights, Is.EqualTo(forward).Within(bound), $"seed {seed}, {c}");
    }

    // Normal numbers: none of these few thousand is beyond.
    private const double Largest = 6;
    private const double LargestProduct = Largest * Largest;

    private static void AssertNear(double[] actual, double[] expected, double roundings, string what)
    {
        double bound = LargestProduct * roundings * Numbers.Roundoff(DType.Float64);
        Assert.That(bound, Is.LessThan(1e-3), "a bound that says something");
        Assert.That(actual, Has.Length.EqualTo(expected.Length));
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(bound), $"element {i}, {what}");
        }
    }

    private static double Inner(double[] a, Tensor b) => a.Select((value, i) => value * b.GetFlat(i)).Sum();
}
