using Engine.Checking;

namespace Engine.Tests.Checking.Wrong;

/// <summary>What the checker says to a wrong layer: the failures in the first case that it rejects, none if it never does.</summary>
internal sealed record Trial(Mistake Mistake, IReadOnlyList<CheckFailure> Failures, bool SeenByTheUsualCheck)
{
    /// <summary>Small cases tried, before a realistic one: as many as <see cref="GradientChecker.Run"/> tries.</summary>
    public const int SmallCases = 12;

    /// <summary>The checks that rejected it, in the order they ran.</summary>
    public IEnumerable<string> RejectedBy => Failures.Select(f => f.Check).Distinct();

    /// <summary>The failures in the first case that is rejected.</summary>
    public static IReadOnlyList<CheckFailure> FirstFailures(Mistake mistake, ulong seed)
    {
        GradientReport report = new(mistake.Subject.Name, seed);
        foreach ((GradientCase right, Philox random) in Cases(mistake, seed))
        {
            GradientChecker.Check(mistake.Plant(right), random, report);
            if (!report.Passed)
            {
                break;
            }
        }

        return report.Failures;
    }

    /// <summary>The whole trial, for the table.</summary>
    public static Trial Of(Mistake mistake, ulong seed) => new(
        mistake,
        FirstFailures(mistake, seed),
        Cases(mistake, seed).Take(SmallCases).Any(c => UsualCheck.Passes(c.Case) && !UsualCheck.Passes(mistake.Plant(c.Case))));

    private static IEnumerable<(GradientCase Case, Philox Random)> Cases(Mistake mistake, ulong seed) =>
        GradientChecker.Cases(Generators.Everything.Single(g => g.Type == mistake.Subject), seed, SmallCases);
}
