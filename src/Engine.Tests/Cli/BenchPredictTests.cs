using System.Text.Json;
using Engine.Cli;

namespace Engine.Tests.Cli;

/// <summary><c>engine bench predict</c>: what is timed and how it is reported, not how long it takes.</summary>
public sealed class BenchPredictTests : BenchModelsTest
{
    [Test]
    public void An_answer_is_reported_with_parameters_operations_and_rates()
    {
        JsonElement model = ReportOfLeNet5("bench predict lenet5");
        double operations = model.GetProperty("operations").GetDouble();

        // conv1 28·28·6·25, conv2 10·10·16·150, dense 400·120 + 120·84 + 84·10 multiply–adds for each of two samples.
        Assert.That(operations, Is.EqualTo(2 * 2 * (117_600 + 240_000 + 48_000 + 10_080 + 840)));
        Assert.That(
            model.GetProperty("gigaFlops").GetDouble(),
            Is.EqualTo(operations / model.GetProperty("microseconds").GetDouble() / 1e3).Within(1e-9).Percent);
    }

    [Test]
    public void A_model_that_reads_no_pictures_is_refused_with_those_that_do()
    {
        Outcome outcome = Run("bench predict resnet19");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake));
        Assert.That(outcome.Error, Does.Contain("'resnet19'").And.Contain("resnet18"));
    }

    [Test]
    public void More_samples_than_a_tensor_holds_are_refused_with_their_shape()
    {
        Outcome outcome = Run("bench predict lenet5 --batch-size 100000000");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake));
        Assert.That(outcome.Error, Does.Contain("[100000000, 1, 28, 28]").And.Contain("Use a smaller batch"));
    }
}
