using Engine.Checking;
using Engine.Tests.Backends;

namespace Engine.Tests.Checking;

/// <summary>What is registered, as NUnit wants it.</summary>
internal static class Generators
{
    public static IEnumerable<TestFixtureData> All =>
        LayerCases.All.Concat(LossCases.All).Select(g => new TestFixtureData(g).SetArgDisplayNames(g.Subject));

    /// <summary>Every layer and loss on every device.</summary>
    public static IEnumerable<TestFixtureData> OnDevices =>
        from generator in Everything
        from device in Devices.Names
        select Devices.Fixture(device, $"{generator.Subject} on {device}", generator);

    public static IReadOnlyList<CaseGenerator> Everything => [.. LayerCases.All, .. LossCases.All];
}
