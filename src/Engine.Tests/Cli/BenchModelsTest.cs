using System.Text.Json;

namespace Engine.Tests.Cli;

/// <summary>What tests of the commands that time models have in common: a report about one model, read back.</summary>
public abstract class BenchModelsTest : CommandTest
{
    /// <summary>What a command reports about LeNet-5 with two samples at a time, after what holds for all such reports was checked.</summary>
    protected JsonElement ReportOfLeNet5(string command)
    {
        string output = Succeed($"{command} --batch-size 2 --rounds 3 --json times.json");
        Assert.That(output, Does.Contain("lenet5").And.Contain("61,706"));
        JsonElement model = ReadReport("times.json");
        double Number(string name) => model.GetProperty(name).GetDouble();
        Assert.Multiple(() =>
        {
            Assert.That(model.GetProperty("model").GetString(), Is.EqualTo("lenet5"));
            Assert.That(InputOf(model), Is.EqualTo([1, 28, 28]));
            Assert.That(Number("batchSize"), Is.EqualTo(2));
            Assert.That(Number("rounds"), Is.EqualTo(3));
            Assert.That(Number("parameters"), Is.EqualTo(61_706), "as Engine.Tests.Worked counts them");
            Assert.That(Number("microseconds"), Is.Positive.And.InRange(Number("lowerQuartile"), Number("upperQuartile")));
            Assert.That(Number("samplesPerSecond"), Is.EqualTo(2 / Number("microseconds") * 1e6).Within(1e-9).Percent);
        });
        return model;
    }

    /// <summary>The one model that a report is about.</summary>
    protected JsonElement ReadReport(string file)
    {
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(Path(file)));
        Assert.That(report.RootElement.GetProperty("models").GetArrayLength(), Is.EqualTo(1));
        return report.RootElement.GetProperty("models")[0].Clone();
    }

    /// <summary>The shape of a sample of it.</summary>
    protected static IEnumerable<int> InputOf(JsonElement model) => model.GetProperty("input").EnumerateArray().Select(size => size.GetInt32());
}
