using System.CommandLine;
using System.Globalization;
using Engine.Cli.Bench;

namespace Engine.Cli.Commands;

/// <summary>
/// <c>engine bench turns</c>: takes turns with another program, so that two are compared in the same minutes on the same machine.
/// What to time is read line by line from standard input, and each answer is a line on standard output.
/// </summary>
internal static class BenchTurnsCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Command command = new("turns", "Take turns with another program: reads what to time from standard input (for build/compare.py)");
        command.SetAction(_ =>
        {
            Turns turns = new();
            while (Console.In.ReadLine() is { } line)
            {
                terminal.Cancellation.ThrowIfCancellationRequested();
                Console.Out.WriteLine(turns.Answer(line).ToString("R", CultureInfo.InvariantCulture));
                Console.Out.Flush();
            }

            return ExitCode.Success;
        });
        return command;
    }
}
