using System.Text.Json;
using Engine.Cli;

namespace Engine.Tests.Cli;

/// <summary><c>engine bench predict</c>: what is timed and how it is reported, not how long it takes.</summary>
public sealed class BenchPredictTests : CommandTest
{
    [Test]
    public void An_answer_is_reported_with_parameters_operations_and_rates()
    {
        string output = Succeed("bench predict lenet5 --batch-size 2 --rounds 3 --json answers.json");
        Assert.That(output, Does.Contain("lenet5").And.Contain("61,706"));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(Path("answers.json")));
        JsonElement model = report.RootElement.GetProperty("models")[0];
        double Number(string name) => model.GetProperty(name).GetDouble();
        Assert.Multiple(() =>
        {
            Assert.That(report.RootElement.GetProperty("models").GetArrayLength(), Is.EqualTo(1));
            Assert.That(model.GetProperty("model").GetString(), Is.EqualTo("lenet5"));
            Assert.That(model.GetProperty("input").EnumerateArray().Select(size => size.GetInt32()), Is.EqualTo([1, 28, 28]));
            Assert.That(Number("batchSize"), Is.EqualTo(2));
            Assert.That(Number("rounds"), Is.EqualTo(3));

            // conv1 28·28·6·25, conv2 10·10·16·150, dense 400·120 + 120·84 + 84·10 multiply–adds for each of two samples.
            Assert.That(Number("operations"), Is.EqualTo(2 * 2 * (117_600 + 240_000 + 48_000 + 10_080 + 840)));
            Assert.That(Number("microseconds"), Is.Positive.And.InRange(Number("lowerQuartile"), Number("upperQuartile")));
            Assert.That(Number("samplesPerSecond"), Is.EqualTo(2 / Number("microseconds") * 1e6).Within(1e-9).Percent);
            Assert.That(Number("gigaFlops"), Is.EqualTo(Number("operations") / Number("microseconds") / 1e3).Within(1e-9).Percent);
        });
    }

    [Test]
    public void A_model_that_reads_no_pictures_is_refused_with_those_that_do()
    {
        Outcome outcome = Run("bench predict resnet19");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake));
        Assert.That(outcome.Error, Does.Contain("'resnet19'").And.Contain("resnet18"));
    }
}
