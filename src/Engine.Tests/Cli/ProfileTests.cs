using System.Text.Json;
using Engine.Cli;
using Engine.Data;

namespace Engine.Tests.Cli;

/// <summary>engine train, evaluate and predict with --profile.</summary>
public sealed class ProfileTests : CommandTest
{
    private const string Small = "train mnist-mlp --dataset digits --samples 96 --test-samples 40 --batch-size 32 --epochs 2";

    private static readonly string[] Layers = ["flatten1", "dense1", "relu1", "dense2"];

    [Test]
    public void Training_says_where_the_time_went_in_80_columns_and_writes_a_trace()
    {
        string output = Succeed($"{Small} --profile traces/t.json");
        string[] profile = output[output.IndexOf("where the time went", StringComparison.Ordinal)..].Split('\n');
        Assert.That(profile.Max(l => l.Length), Is.LessThanOrEqualTo(80));
        foreach (string layer in Layers)
        {
            Assert.That(profile.Count(l => l.StartsWith($"{layer} ", StringComparison.Ordinal)), Is.EqualTo(1), layer);
        }

        Assert.That(output, Does.Contain("Medians of 6 training steps").And.Contain("one by one").And.Contain("optimizer").And.Match("(?m)^together .* 100.0 %$"));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path("traces", "t.json")));
        string[] names = [.. json.RootElement.EnumerateArray().Select(e => e.GetProperty("name").GetString()!)];
        Assert.That(names.Distinct(), Is.SupersetOf(Layers));
        Assert.That(names.Count(n => n.StartsWith("step ", StringComparison.Ordinal)), Is.EqualTo(6));
    }

    [Test]
    public void Without_it_nothing_is_said_and_the_weights_are_the_same()
    {
        Assert.That(Succeed($"{Small} --output plain"), Does.Not.Contain("where the time went"));
        Succeed($"{Small} --output profiled --profile");
        Assert.That(File.ReadAllBytes(Path("profiled", "weights.safetensors")), Is.EqualTo(File.ReadAllBytes(Path("plain", "weights.safetensors"))));
    }

    [Test]
    public void Evaluating_and_predicting_can_be_profiled()
    {
        Succeed(Small);
        string evaluated = Succeed("evaluate mnist-mlp --test-samples 300 --profile");
        Assert.That(evaluated, Does.Contain("Medians of 2 evaluation steps").And.Contain("forward").And.Not.Contain("backward"));
        ImageFile.Write(Path("a.png"), new Image(1, 28, 28));
        string predicted = Succeed("predict a.png --profile p.json");
        Assert.That(predicted, Does.Contain("Medians of 1 picture").And.Contain("dense2").And.Contain("p.json, 1 picture"));
        Assert.That(JsonDocument.Parse(File.ReadAllBytes(Path("p.json"))).RootElement.GetArrayLength(), Is.GreaterThan(Layers.Length));
    }

    [Test]
    public void What_is_no_trace_file_is_refused_in_one_line()
    {
        Outcome outcome = Run("predict --profile a.png");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake));
        Assert.That(outcome.Error, Does.Contain("'a.png'").And.Contain("*.json"));
        Assert.That(Run("train perceptron --profile").Error, Does.Contain("no use for --profile"));
    }
}
