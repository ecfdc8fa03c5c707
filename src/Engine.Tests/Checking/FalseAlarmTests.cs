using Engine.Checking;

namespace Engine.Tests.Checking;

/// <summary>
/// A checker that cries wolf is switched off. Right layers are drawn over and over; not one may be rejected. The long run,
/// on demand: <c>ENGINE_CHECK_CASES=10000 ENGINE_CHECK_SEED=2 dotnet test --filter No_right_layer_is_rejected</c>.
/// </summary>
public sealed class FalseAlarmTests
{
    [Test]
    public void No_right_layer_is_rejected()
    {
        int cases = int.Parse(Environment.GetEnvironmentVariable("ENGINE_CHECK_CASES") ?? "100");
        ulong seed = ulong.Parse(Environment.GetEnvironmentVariable("ENGINE_CHECK_SEED") ?? "1");
        IReadOnlyList<CaseGenerator> generators = Generators.Everything;
        List<string> alarms = [];
        for (int i = 0; i < cases; i++)
        {
            CaseGenerator generator = generators[i % generators.Count];
            Philox random = new(seed, (ulong)i);
            bool realistic = i / generators.Count % 10 == 9;
            GradientReport report = new(generator.Subject, seed);
            GradientChecker.Check(realistic ? generator.Realistic(random) : generator.Small(random), random, report);
            alarms.AddRange(report.Failures.Select(f => $"seed {seed}, case {i}: {f}"));
        }

        TestContext.Out.WriteLine($"{cases} cases, {alarms.Count} false alarms");
        Assert.That(alarms, Is.Empty);
    }
}
