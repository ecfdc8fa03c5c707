using Engine.Checking.Checks;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>Runs every check on layers and losses: the registered ones by name, or a case of your own.</summary>
public static class GradientChecker
{
    /// <summary>The stream that the realistic case is drawn from; small ones have the streams from 0 on.</summary>
    internal const ulong RealisticStream = 1UL << 32;

    private static readonly Check[] Checks =
    [
        new OutputCheck(),
        new ElementCheck(),
        new DirectionCheck(),
        new TaylorCheck(),
        new AdjointCheck(),
        new EulerCheck(),
        new ShiftCheck(),
        new EquivarianceCheck(axis: 0),
        new EquivarianceCheck(axis: 1),
        new LinearityCheck(),
        new RepetitionCheck(),
        new AccumulationCheck(),
        new PassCheck(),
        new FrozenCheck(),
    ];

    private static IEnumerable<CaseGenerator> Generators => LayerCases.All.Concat(LossCases.All);

    /// <summary>The layers and losses that can be checked by name.</summary>
    public static IReadOnlyList<string> Names => [.. Generators.Select(g => g.Subject)];

    /// <summary>The questions that are asked.</summary>
    internal static IEnumerable<string> CheckNames => Checks.Select(c => c.Name);

    /// <summary>Checks a layer or loss, or all of them, on random cases: small ones in full, then one of a realistic size.</summary>
    /// <param name="name">Its type's name, in any case; null for all.</param>
    /// <param name="seed">Reproduces every case.</param>
    /// <param name="smallCases">How many small cases.</param>
    /// <param name="device">Where to compute; main memory unless given. The differences are always taken there.</param>
    /// <exception cref="ArgumentException">No layer or loss of that name is registered.</exception>
    public static IReadOnlyList<GradientReport> Run(string? name = null, ulong seed = 1, int smallCases = 12, Device device = default)
    {
        CaseGenerator[] chosen =
        [
            .. Generators.Where(g => name is null || g.Subject.Equals(name, StringComparison.OrdinalIgnoreCase)),
        ];
        return chosen.Length == 0
            ? throw new ArgumentException($"There is no layer or loss '{name}'. There are {string.Join(", ", Names)}.")
            : [.. chosen.Select(g => Run(g, seed, smallCases, device))];
    }

    /// <summary>Runs every check on one case.</summary>
    /// <param name="subject">The case.</param>
    /// <param name="seed">Where directions and seed gradients come from.</param>
    public static GradientReport Check(GradientCase subject, ulong seed = 1)
    {
        GradientReport report = new(subject.Subject, seed);
        Check(subject, new Philox(seed), report);
        return report;
    }

    /// <summary>The cases that <see cref="Run(string?, ulong, int, Device)"/> tries, with the random numbers for their checks.</summary>
    internal static IEnumerable<(GradientCase Case, Philox Random)> Cases(CaseGenerator generator, ulong seed, int smallCases)
    {
        // A stream of its own for each case, so that one can be tried again alone.
        for (int i = 0; i < smallCases; i++)
        {
            Philox random = new(seed, (ulong)i);
            yield return (generator.Small(random), random);
        }

        Philox last = new(seed, RealisticStream);
        yield return (generator.Realistic(last), last);
    }

    /// <summary>Runs every check on one case and adds to a report.</summary>
    internal static void Check(GradientCase subject, Philox random, GradientReport report)
    {
        report.Cases++;
        foreach (Check check in Checks.Where(c => c.AppliesTo(subject)))
        {
            report.Count(check.Name);
            StepMemory.FillWithNaN();
            try
            {
                check.Run(subject, random, report);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The code under test threw: that is a finding like any other.
                report.Fail(new CheckFailure(check.Name, subject.Subject, $"throws {exception.GetType().Name}: {exception.Message}", subject.ToString()));
            }
        }
    }

    private static GradientReport Run(CaseGenerator generator, ulong seed, int smallCases, Device device)
    {
        GradientReport report = new(generator.Subject, seed);
        foreach ((GradientCase subject, Philox random) in Cases(generator, seed, smallCases))
        {
            Check(device == Device.Cpu ? subject : subject.On(device), random, report);
        }

        return report;
    }
}
