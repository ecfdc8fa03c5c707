using Engine.Cli;

namespace Engine.Tests.Cli;

/// <summary>Runs the command inside the test's process, in a folder of its own.</summary>
public abstract class CommandTest
{
    /// <summary>The current folder of the commands; gone after the test.</summary>
    protected string Folder { get; private set; } = "";

    [SetUp]
    public void MakeFolder() => Folder = Directory.CreateTempSubdirectory("engine-cli-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(Folder, recursive: true);

    /// <summary>Runs a command line, its words apart by blanks.</summary>
    internal Outcome Run(string line, CancellationToken cancellation = default)
    {
        using StringWriter output = new(), error = new();
        int code = EngineCommand.Run(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), Terminal.Plain(output, error, Folder, cancellation));
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line that must succeed.</summary>
    internal string Succeed(string line)
    {
        Outcome outcome = Run(line);
        Assert.That(outcome.Error, Is.Empty, line);
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Success), line);
        return outcome.Output;
    }

    /// <summary>A file below the folder.</summary>
    protected string Path(params string[] parts) => System.IO.Path.Combine([Folder, .. parts]);

    /// <summary>What came of a command.</summary>
    internal sealed record Outcome(int Code, string Output, string Error);
}
