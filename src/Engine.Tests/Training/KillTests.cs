using System.Diagnostics;
using System.Text;
using Engine.Networks;
using Engine.Tests.Data;

namespace Engine.Tests.Training;

/// <summary>The real thing: a process that trains is killed without warning, several times, wherever it happens to be.</summary>
public sealed class KillTests
{
    [Test]
    public void A_process_killed_while_it_trains_and_resumed_ends_with_the_same_bits()
    {
        using TemporaryFolder folder = new();
        string checkpoint = folder.File("checkpoint");
        ulong seed = (ulong)Stopwatch.GetTimestamp();
        TestContext.Out.WriteLine($"seed {seed}");
        Philox random = new(seed);
        int kills = 0;
        for (int i = 0; i < 3; i++)
        {
            kills += RunAndKill(checkpoint, afterSteps: 1 + random.NextInt(60));
        }

        Assert.That(kills, Is.Positive, "a process that was killed before it was done");
        Network expected = SmallTask.Network();
        SmallTask.Trainer(expected, VictimProcess.Epochs).Train(SmallTask.Images());
        Assert.That(RunToTheEnd(checkpoint), Does.EndWith(SmallTask.Bits(expected)), $"after {kills} kills, seed {seed}");
    }

    // Kills it once it has reported so many steps: by then it is anywhere in the steps after, or writing.
    private static int RunAndKill(string checkpoint, int afterSteps)
    {
        using Process victim = Start(checkpoint);
        for (int step = 0; step < afterSteps && victim.StandardOutput.ReadLine() is not null; step++)
        {
        }

        victim.Kill();
        victim.WaitForExit();
        return victim.ExitCode == 0 ? 0 : 1;
    }

    private static string RunToTheEnd(string checkpoint)
    {
        using Process process = Start(checkpoint);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output);
        return output.TrimEnd().ReplaceLineEndings("\n");
    }

    private static Process Start(string checkpoint)
    {
        ProcessStartInfo start = VictimProcess.Start(checkpoint);
        start.RedirectStandardOutput = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        return Process.Start(start)!;
    }
}
