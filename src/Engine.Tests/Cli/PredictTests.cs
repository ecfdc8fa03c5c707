using Engine.Cli;
using Engine.Data;

namespace Engine.Tests.Cli;

/// <summary>engine predict, on pictures written for the purpose.</summary>
public sealed class PredictTests : CommandTest
{
    private string trained = "";
    private string weights = "";

    [OneTimeSetUp]
    public void TrainOnce()
    {
        trained = Directory.CreateTempSubdirectory("engine-cli-").FullName;
        weights = System.IO.Path.Combine(trained, "digits.safetensors");
        string[] line = ["train", "mnist-mlp", .. "--dataset digits --samples 400 --test-samples 20 --epochs 6 --batch-size 32 --output".Split(' '), weights];
        Assert.That(EngineCommand.Run(line, Terminal.Plain(TextWriter.Null, TestContext.Error, trained)), Is.EqualTo(ExitCode.Success));
    }

    [OneTimeTearDown]
    public void RemoveTrained() => Directory.Delete(trained, recursive: true);

    [Test]
    public void A_trained_network_reads_the_pictures_it_was_trained_on()
    {
        Dataset digits = DataCatalog.Load("digits", new DataOptions { TrainCount = 6, TestCount = 1 }).Train;
        for (int i = 0; i < digits.Count; i++)
        {
            ImageFile.Write(Path($"{i}.png"), ImageOperations.ToImage(digits.Input(i)));
        }

        string[] blocks = Succeed($"predict 0.png 1.png 2.png 3.png 4.png 5.png --weights {weights}").Split(".png, 28×28")[1..];
        for (int i = 0; i < digits.Count; i++)
        {
            // The first row of bars is the likeliest class: some of the picture, the class, a bar, a percentage.
            string first = blocks[i].Split('\n').First(l => l.EndsWith('%'));
            Assert.That(first, Does.Match($@" {digits.Label(i)}  █+.? +\d+\.\d\d %$"), $"picture {i}");
            Assert.That(blocks[i], Does.Match("[▀▄█]"));
            Assert.That(blocks[i], Does.Not.Contain('\e'));
        }
    }

    [Test]
    public void A_picture_of_any_size_and_format_is_brought_to_the_networks_own()
    {
        Image photo = new(3, 90, 60);
        Array.Fill(photo.Pixels, (byte)230);
        for (int y = 20; y < 70; y++)
        {
            foreach (int channel in (int[])[0, 1, 2])
            {
                photo.Plane(channel).Slice((y * 60) + 28, 5).Clear();
            }
        }

        ImageFile.Write(Path("one.ppm"), photo);
        ImageFile.Write(Path("one.pgm"), photo.ToGrey());
        string output = Succeed($"predict one.ppm one.pgm --weights {weights}");
        Assert.That(output, Does.Contain("one.ppm, 60×90").And.Contain("one.pgm, 60×90").And.Contain("28×28"));
    }

    [Test]
    public void A_picture_that_is_none_is_refused_before_anything_is_shown()
    {
        Image picture = new(1, 28, 28);
        ImageFile.Write(Path("good.png"), picture);
        File.WriteAllBytes(Path("cut.png"), File.ReadAllBytes(Path("good.png"))[..40]);
        File.WriteAllText(Path("text.png"), "not a picture");
        foreach (string bad in (string[])["cut.png", "text.png", "missing.png"])
        {
            Outcome outcome = Run($"predict good.png {bad} --weights {weights}");
            Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake), bad);
            Assert.That(outcome.Error, Does.Contain(bad));
            Assert.That(outcome.Output, Is.Empty);
        }
    }

    [Test]
    public void Without_a_file_the_network_trained_last_on_pictures_is_asked()
    {
        Directory.CreateDirectory(Path("runs", "mine"));
        File.Copy(weights, Path("runs", "mine", "weights.safetensors"));
        Succeed("train neuron --epochs 1");
        ImageFile.Write(Path("good.png"), new Image(1, 28, 28));
        Assert.That(Succeed("predict good.png"), Does.Contain("mnist-mlp from runs/mine/weights.safetensors"));
    }

    [Test]
    public void A_network_for_numbers_refuses_pictures()
    {
        Succeed("train neuron --epochs 1");
        ImageFile.Write(Path("good.png"), new Image(1, 28, 28));
        Outcome outcome = Run("predict good.png --model neuron");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake));
        Assert.That(outcome.Error, Does.Contain("reads 2 numbers, not pictures"));
    }
}
