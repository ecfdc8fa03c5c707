using System.CommandLine;
using Engine.Cli.Doctor;

namespace Engine.Cli.Commands;

/// <summary><c>engine doctor</c>: what this machine has to compute on, what is missing for what, and what to do.</summary>
internal static class DoctorCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Option<bool> places = new("--places") { Description = "List every place that was looked in for what is missing" };
        Command command = new("doctor", "Show what this machine can compute on, and what is missing for what") { places };
        command.SetAction(parsed =>
        {
            DoctorPage.Look().WriteTo(terminal, parsed.GetValue(places));
            return ExitCode.Success;
        });
        return command;
    }
}
