using Engine.Cli;
using Engine.Cli.Bench;

namespace Engine.Tests.Cli;

/// <summary><c>engine bench</c> on the CPU. What it says of speed is not for tests; that it says it is.</summary>
public sealed class BenchTests : CommandTest
{
    [Test]
    public void Operations_are_shown_with_their_share_of_a_measured_peak()
    {
        string output = Succeed("bench --only 64x64x64 --markdown report.md");
        Assert.That(output, Does.Match(@"at best [\d.,]+ GFLOP/s and [\d.,]+ GB/s \(both measured\)"));
        Assert.That(output, Does.Match(@"(?m)^product 64x64x64 +64×64 · 64×64 +[\d.]+ µs +[\d.,]+ +\d+ %$"));
        Assert.That(File.ReadAllText(Path("report.md")), Does.Match(@"(?m)^\| product 64x64x64 \| .* % \|$"));
    }

    [Test]
    public void The_ladders_of_the_CPU_can_be_climbed()
    {
        string output = Succeed("bench kernels gemm --device cpu --scale 0.05 --markdown report.md");
        Assert.That(output, Does.Contain("three_loops").And.Contain("of peak").And.Contain("GFLOP/s").And.Not.Contain("WRONG"));
        Assert.That(File.ReadAllText(Path("report.md")), Does.Contain("| three_loops |"));
    }

    [Test]
    public void Turns_are_taken_at_steps_answers_and_operations()
    {
        Turns turns = new();
        Assert.That(turns.Answer("threads 2"), Is.EqualTo(2));
        Assert.That(turns.Answer("0.001 train lenet5 2 1,28,28 sgd"), Is.Positive);
        Assert.That(turns.Answer("0.001 stack dense 16 2 4"), Is.Positive);
        Assert.That(turns.Answer("0.001 stack conv 4 2 4"), Is.Positive);
        Assert.That(turns.Answer("0.001 predict lenet5"), Is.Positive);
        Assert.That(turns.Answer("0.001 kernel product 64x64x64"), Is.Positive);
        Assert.That(turns.Answer("memory"), Is.GreaterThan(1e7));
    }

    [TestCase("dance")]
    [TestCase("1 dance lenet5")]
    [TestCase("1 kernel banana")]
    [TestCase("1 train lenet5 2 1,28,28 guess")]
    [TestCase("1 stack dense 16 x 4")]
    [TestCase("0 train lenet5 2 1,28,28 sgd")]
    public void What_is_no_turn_is_refused(string request) =>
        Assert.That(() => new Turns().Answer(request), Throws.TypeOf<MistakeException>().With.Message.Contain("is no turn"));

    [Test]
    public void Every_operation_that_is_timed_has_a_name_of_its_own() =>
        Assert.That(KernelCases.Create(DType.Float32).Select(c => c.Name), Is.Unique);
}
