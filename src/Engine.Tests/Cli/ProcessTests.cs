using System.Diagnostics;
using Engine.Cli;

namespace Engine.Tests.Cli;

/// <summary>The command as a process of its own: what a kill and a Ctrl-C leave behind.</summary>
public sealed class ProcessTests : CommandTest
{
    private const string Line = "train lenet5 --dataset digits --samples 128 --test-samples 16 --batch-size 16 --epochs 5 --checkpoint-every 1";

    [Test]
    public void A_run_that_is_killed_and_resumed_ends_with_the_weights_of_one_that_was_not()
    {
        Succeed($"{Line} --output whole");
        using Process process = Start($"{Line} --output parts");
        WaitForCheckpoint(process);
        process.Kill();
        process.WaitForExit();
        Assert.That(File.Exists(Path("parts", "weights.safetensors")), Is.False, "the run ended before it was killed");

        using Process resumed = Start("train lenet5 --resume --output parts");
        string output = resumed.StandardOutput.ReadToEnd();
        resumed.WaitForExit();
        Assert.That(resumed.ExitCode, Is.EqualTo(ExitCode.Success), output);
        Assert.That(output, Does.Not.Contain('\e'));
        Assert.That(File.ReadAllBytes(Path("parts", "weights.safetensors")), Is.EqualTo(File.ReadAllBytes(Path("whole", "weights.safetensors"))));
        Assert.That(Directory.EnumerateFiles(Path("parts")).Select(System.IO.Path.GetFileName), Is.EquivalentTo(["weights.safetensors", "checkpoint.safetensors"]));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows sends no SIGINT to another process")]
    public void Ctrl_C_saves_a_checkpoint_says_how_to_go_on_and_exits_with_130()
    {
        using Process process = Start($"{Line.Replace("--epochs 5", "--epochs 500", StringComparison.Ordinal)}");
        WaitForCheckpoint(process, "runs", "lenet5");
        using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(ExitCode.Interrupted), output);
        Assert.That(output, Does.Contain("engine train lenet5 --resume"));
    }

    private Process Start(string line)
    {
        ProcessStartInfo start = OwnProcess.Command(line.Split(' '));
        if (OperatingSystem.IsLinux())
        {
            // Where the tests run in the background, SIGINT is ignored, and whatever they start would ignore it, too.
            start.ArgumentList.Insert(0, start.FileName);
            start.ArgumentList.Insert(0, "--default-signal=INT");
            start.FileName = "env";
        }

        start.WorkingDirectory = Folder;
        start.RedirectStandardOutput = true;
        return Process.Start(start)!;
    }

    private void WaitForCheckpoint(Process process, params string[] folder)
    {
        string checkpoint = System.IO.Path.Combine(Path(folder.Length == 0 ? ["parts"] : folder), "checkpoint.safetensors");
        while (!File.Exists(checkpoint))
        {
            Assert.That(process.HasExited, Is.False, "the run ended before its first checkpoint");
            Thread.Sleep(1);
        }
    }
}
