using Engine.Checking;
using Engine.Tests.Checking.Wrong;
using Engine.Tests.House;

namespace Engine.Tests.Checking;

/// <summary>The checker is checked: every mistake in the suite is found, whatever the seed.</summary>
public sealed class WrongLayerTests
{
    private static IEnumerable<TestCaseData> Suite => Mistakes.All.Select(m => new TestCaseData(m).SetArgDisplayNames(m.ToString()));

    [TestCaseSource(nameof(Suite))]
    public void A_wrong_layer_is_rejected_for_every_seed(object mistake)
    {
        foreach (ulong seed in (ReadOnlySpan<ulong>)[1, 2, 3, 4, 5])
        {
            Assert.That(Trial.FirstFailures((Mistake)mistake, seed), Is.Not.Empty, $"{mistake} passes every check for seed {seed}.");
        }
    }

    [Test]
    public void The_suite_has_a_mistake_for_every_registered_layer_and_loss() => Assert.That(
        Generators.Everything.Select(g => g.Type).Except(Mistakes.All.Select(m => m.Subject)), Is.Empty);

    [Test]
    public void Every_check_rejects_something()
    {
        // A check that never fails checks nothing.
        IEnumerable<string> rejecting = WrongLayerTable.Trials.SelectMany(t => t.RejectedBy).Distinct();
        Assert.That(GradientChecker.CheckNames.Except(rejecting), Is.Empty);
    }

    [Test]
    public void The_published_table_is_what_the_suite_finds()
    {
        string path = Path.Combine(Repository.Root, "docs", "testing.md"), text = File.ReadAllText(path);
        string current = WrongLayerTable.In(text);
        if (Environment.GetEnvironmentVariable("ENGINE_WRITE_TABLE") is not null)
        {
            File.WriteAllText(path, WrongLayerTable.Into(text));
            return;
        }

        Assert.That(current, Is.EqualTo(WrongLayerTable.Markdown),
            "Write it anew with ENGINE_WRITE_TABLE=1 dotnet test --filter The_published_table_is_what_the_suite_finds.");
    }
}
