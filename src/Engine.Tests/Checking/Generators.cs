using Engine.Checking;

namespace Engine.Tests.Checking;

/// <summary>What is registered, as NUnit wants it.</summary>
internal static class Generators
{
    public static IEnumerable<TestFixtureData> All =>
        LayerCases.All.Concat(LossCases.All).Select(g => new TestFixtureData(g).SetArgDisplayNames(g.Subject));

    public static IReadOnlyList<CaseGenerator> Everything => [.. LayerCases.All, .. LossCases.All];
}
