using Engine.Checking;
using FsCheck;

namespace Engine.Tests.Checking;

/// <summary>
/// Every registered layer and loss, on cases drawn from a seed that FsCheck chooses, shrinks and prints. A failure is seen
/// again with <c>engine gradcheck NAME --seed SEED --device DEVICE</c>.
/// </summary>
[TestFixtureSource(typeof(Generators), nameof(Generators.OnDevices))]
public sealed class GradientTests(CaseGenerator generator, Device device)
{
    [FsCheck.NUnit.Property(MaxTest = 12, QuietOnSuccess = true)]
    public void Small_cases_pass_every_check(DoNotSize<ulong> seed) => Passes(generator.Small, new Philox(seed.Item));

    [FsCheck.NUnit.Property(MaxTest = 2, QuietOnSuccess = true)]
    public void Realistic_cases_pass_every_check(DoNotSize<ulong> seed) =>
        Passes(generator.Realistic, new Philox(seed.Item, GradientChecker.RealisticStream));

    private void Passes(Func<Philox, GradientCase> make, Philox random)
    {
        GradientCase subject = make(random);
        subject = device == Device.Cpu ? subject : subject.On(device);
        GradientReport report = new(subject.Subject, random.Seed);
        GradientChecker.Check(subject, random, report);
        Assert.That(report.Passed, report.ToString());
    }
}
