using System.Text.Json;
using Engine.Cli;
using Engine.Cli.Bench;
using Engine.Tests.Emulator;

namespace Engine.Tests.Cli;

/// <summary><c>engine bench steps</c>: what is timed and how it is reported, not how long it takes.</summary>
public sealed class BenchStepsTests : BenchModelsTest
{
    [RequiresEmulator]
    [TestCase("cpu", "")]
    [TestCase("emulated", "--cuda-graph on")]
    [TestCase("emulated", "--cuda-graph off")]
    public void A_step_is_reported_with_batch_parameters_and_rate(string device, string options)
    {
        JsonElement model = ReportOfLeNet5($"bench steps lenet5 --device {device} {options}");

        // It learns: after a few steps on the same two samples it does better than by chance.
        Assert.That(model.GetProperty("loss").GetDouble(), Is.Positive.And.LessThan(Math.Log(10)));
    }

    [Test]
    public void A_model_is_timed_on_samples_of_another_size()
    {
        Succeed("bench steps lenet5 --input 1,32,40 --batch-size 2 --rounds 1 --json steps.json");
        Assert.That(InputOf(ReadReport("steps.json")), Is.EqualTo([1, 32, 40]));
    }

    [TestCase("3,x,32")]
    [TestCase("3,0,32")]
    [TestCase("65536,65536,1")]
    [TestCase("1,1,1,1,1,1,1,1,1,1")]
    public void Sizes_that_are_none_are_refused_with_an_example(string sizes)
    {
        Outcome outcome = Run($"bench steps lenet5 --input {sizes}");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake));
        Assert.That(outcome.Error, Does.Contain($"'{sizes}'").And.Contain("3,32,32"));
    }

    [Test]
    public void A_model_that_reads_no_pictures_is_refused_with_those_that_do()
    {
        Outcome outcome = Run("bench steps lenet");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake));
        Assert.That(outcome.Error, Does.Contain("'lenet'").And.Contain("lenet5"));
        Assert.That(Run("bench steps neuron").Error, Does.Contain("'neuron'"));
    }

    // Linear interpolation between order statistics: R's type 7 (Hyndman and Fan, "Sample quantiles in statistical packages", 1996).
    [TestCase(0.0, 1)]
    [TestCase(0.25, 1.75)]
    [TestCase(0.5, 2.5)]
    [TestCase(0.75, 4.75)]
    [TestCase(1.0, 10)]
    public void Quantiles_lie_between_the_rounds(double share, double expected) =>
        Assert.That(new Rounds(1, [1, 2, 3, 10]).Quantile(share), Is.EqualTo(expected).Within(1e-12));
}
