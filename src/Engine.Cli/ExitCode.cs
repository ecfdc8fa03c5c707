namespace Engine.Cli;

/// <summary>What the process answers to its caller.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>The run itself failed: training diverged, a gradient is wrong.</summary>
    public const int Failure = 1;

    /// <summary>The user's mistake: an unknown name, a missing file, a number out of range.</summary>
    public const int Mistake = 2;

    /// <summary>A defect of the program (EX_SOFTWARE of BSD's sysexits).</summary>
    public const int Defect = 70;

    /// <summary>Stopped with Ctrl-C: 128 + SIGINT, as shells count.</summary>
    public const int Interrupted = 130;
}
