using Engine.Checking;

namespace Engine.Tests.Checking;

/// <summary>What the check along random directions does where a kink is in the way.</summary>
public sealed class DirectionCheckTests
{
    // With this seed a bias, one number, stands before 180 rectifiers, and one of them is nearer to its kink than the smallest step.
    [Test]
    public void Where_a_kink_is_in_the_only_direction_another_place_is_looked_at()
    {
        Philox random = new(15646364436650828201, GradientChecker.RealisticStream);
        GradientCase subject = LayerCases.All.Single(g => g.Subject == "Parallel").Realistic(random);
        GradientReport report = new(subject.Subject, random.Seed);
        GradientChecker.Check(subject, random, report);
        Assert.That(report.Passed, report.ToString());
    }
}
