using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Engine.Cli;

/// <summary>Says what is wrong with a command line, the first mistake only, in one line.</summary>
internal static class CommandLineMistakes
{
    /// <summary>Throws the first mistake, if there is one.</summary>
    public static void ThrowIfAny(ParseResult parsed)
    {
        // Who asks for help gets it, whatever else the line says.
        if (parsed.Errors.Count == 0 || parsed.Action is HelpAction)
        {
            return;
        }

        Command command = parsed.CommandResult.Command;
        string line = Line(parsed.CommandResult);
        if (parsed.UnmatchedTokens.Count > 0)
        {
            throw new MistakeException(Unknown(command, line, parsed.UnmatchedTokens[0]));
        }

        string message = parsed.Errors[0].Message;
        if (command.Subcommands.Count > 0 && command.Action is null)
        {
            message = $"'{line}' needs a command: {string.Join(", ", command.Subcommands.Select(c => c.Name))}.";
        }

        throw new MistakeException($"{message} See '{line} --help'.");
    }

    private static string Unknown(Command command, string line, string token)
    {
        if (token.StartsWith('-'))
        {
            string[] options = [.. command.Options.Select(o => o.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal))];
            IReadOnlyList<string> near = Nearest.To(token, options);
            return near.Count > 0
                ? $"'{line}' has no option '{token}'. Did you mean {string.Join(" or ", near)}? See '{line} --help'."
                : $"'{line}' has no option '{token}'. See '{line} --help'.";
        }

        return command.Subcommands.Count > 0
            ? $"There is no command '{line} {token}'. {Nearest.Hint(token, [.. command.Subcommands.Select(c => c.Name)])}"
            : $"'{line}' does not know what to do with '{token}'. See '{line} --help'.";
    }

    // "engine data get": the commands on the line, without their arguments.
    private static string Line(CommandResult result) => result.Parent is CommandResult parent
        ? $"{Line(parent)} {result.Command.Name}"
        : "engine";
}
