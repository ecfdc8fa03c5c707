using Engine.Checking;
using Engine.Cli;
using Engine.Cli.Commands;
using Engine.Data;
using Engine.Models;

namespace Engine.Tests.Cli;

/// <summary>list, summary, data list, gradcheck, help: what there is.</summary>
public sealed class OverviewTests : CommandTest
{
    [Test]
    public void The_list_names_every_model_and_every_data_set()
    {
        string list = Succeed("list");
        foreach (string name in ModelNames.All.Concat(DataCatalog.Entries.Select(e => e.Name)))
        {
            Assert.That(list, Does.Contain(name));
        }
    }

    [Test]
    public void Every_model_has_a_data_set_that_exists() =>
        Assert.That(ModelCatalog.All.Select(m => m.DefaultDataset).Distinct(), Is.SubsetOf(DataCatalog.Entries.Select(e => e.Name)));

    // Deck S prints 401,920 for the first layer of 784-512-10: 784·512 weights and 512 biases.
    [Test]
    public void The_summary_of_784_512_10_has_the_numbers_of_the_deck()
    {
        string[] lines = Succeed("summary mnist-mlp").Split('\n');
        Assert.That(lines.Single(l => l.StartsWith("dense1", StringComparison.Ordinal)), Does.Contain("512").And.Contain("401,920").And.Contain("401,408"));
        Assert.That(lines.Single(l => l.StartsWith("total", StringComparison.Ordinal)), Does.Contain("407,050").And.Contain("406,528"));
    }

    // 3·5·5 weights for each of 6 filters, and 6 biases.
    [Test]
    public void The_summary_takes_another_input() =>
        Assert.That(
            Succeed("summary lenet5 --input 3,32,32").Split('\n').Single(l => l.StartsWith("c1", StringComparison.Ordinal)),
            Does.Contain("6×32×32").And.Contain("456").And.Contain("460,800"));

    // 407,050 parameters of 4 bytes; 32 samples of 784 numbers; of 512 and 10 between the layers.
    [Test]
    public void Memory_is_planned_and_measured_side_by_side()
    {
        string output = Succeed("summary mnist-mlp --memory --batch 32 --training");
        Assert.That(output, Does.Contain("memory to answer 32 samples").And.Contain("memory to learn from 32 samples at a time, by Adam"));
        Assert.That(output, Does.Match(@"(?m)^parameters +1\.6 MB +1\.6 MB$").And.Match(@"(?m)^the batch +100\.4 kB +100\.4 kB$"));
        Assert.That(output, Does.Match(@"(?m)^between layers, at most +66\.8 kB +66\.8 kB$").And.Match(@"(?m)^saved for the way back +65\.5 kB +65\.5 kB$"));
        Assert.That(Succeed("summary mnist-mlp --memory"), Does.Not.Contain("to learn from").And.Contain("memory to answer"));
        Assert.That(Run("summary mnist-mlp --batch 3").Error, Does.Contain("Add --memory"));
        Assert.That(Run("summary perceptron --memory").Error, Does.Contain("--memory"));
    }

    [Test]
    public void No_line_of_an_overview_is_wider_than_80_columns()
    {
        foreach (string line in (string[])["list", "summary shallow-vgg", "summary lenet5 --memory --training", "gradcheck Residual --cases 1", "gradcheck --cases 1"])
        {
            Assert.That(Succeed(line).Split('\n').Max(l => l.Length), Is.LessThanOrEqualTo(80), line);
        }
    }

    [Test]
    public void Getting_a_set_that_is_made_here_says_how_much_of_what_there_is()
    {
        string[] lines = Succeed("data get blobs").Split('\n');
        Assert.That(lines[..3], Is.EqualTo(new[]
        {
            "to learn  200 samples of 2",
            "to test   100 samples of 2",
            "source    generated clouds, seed 1",
        }));
    }

    [Test]
    public void Data_list_says_where_mnist_is_or_how_to_get_it() =>
        Assert.That(Succeed("data list"), Does.Contain("mnist").And.Contain("is here: ").Or.Contain("engine data get mnist"));

    [Test]
    public void Help_is_for_the_asking([Values("", "--help", "train --help", "predict -h", "train nothing --help")] string line) =>
        Assert.That(Succeed(line), Does.Contain("engine"));

    [Test]
    public void A_right_layer_passes_the_gradient_check_with_a_row_per_tensor()
    {
        string output = Succeed("gradcheck conv2d --seed 7 --cases 6");
        Assert.That(output, Does.Match(@"(?m)^x .* right$").And.Match(@"(?m)^weight .* right$").And.Match(@"(?m)^bias .* right$"));
        Assert.That(output, Does.Contain("1 of 1 right").And.Contain("seed 7"));
    }

    [Test]
    public void A_wrong_gradient_is_a_failure_that_is_named()
    {
        GradientReport report = new("Dense", 1);
        report.Row("weight").Passed = false;
        report.Fail(new CheckFailure("every element", "weight[0, 1]", "given 2, expected 1", "Dense (2→3)"));
        using StringWriter output = new();
        int code = GradCheckCommand.Write(Terminal.Plain(output, TextWriter.Null, Folder), [report]);
        Assert.That(code, Is.EqualTo(ExitCode.Failure));
        Assert.That(output.ToString(), Does.Contain("WRONG").And.Contain("weight[0, 1]: given 2, expected 1").And.Contain("0 of 1 right"));
    }
}
