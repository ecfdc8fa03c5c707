using System.CommandLine;
using System.CommandLine.Help;
using Engine.Cli.Commands;

namespace Engine.Cli;

/// <summary>The command <c>engine</c> with everything under it.</summary>
internal static class EngineCommand
{
    private static readonly (string Name, Func<Terminal, Command> Create)[] Commands =
    [
        ("train", TrainCommand.Create),
        ("evaluate", EvaluateCommand.Create),
        ("predict", PredictCommand.Create),
        ("summary", SummaryCommand.Create),
        ("gradcheck", GradCheckCommand.Create),
        ("list", ListCommand.Create),
        ("data", DataCommand.Create),
        ("kernel", KernelCommand.Create),
        ("bench", BenchCommand.Create),
        ("doctor", DoctorCommand.Create),
    ];

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> arguments, Terminal terminal)
    {
        // Options take longer to make than most commands take to run, so of a command that is named only its own are made.
        Func<Terminal, Command>[] named = [.. Commands.Where(command => arguments.Count > 0 && command.Name == arguments[0]).Select(command => command.Create)];
        Option<bool> debug = new("--debug")
        {
            Description = "Show where in the program an error came from",
            Recursive = true,
        };
        Command root = new(
            "engine",
            "Engine trains the networks of introductory deep-learning lectures and shows what they learn.\n\n"
            + "  engine list                                what there is to train, and on what\n"
            + "  engine train mnist-mlp                     learn to read digits\n"
            + "  engine evaluate mnist-mlp                  how well it reads digits it has never seen\n"
            + "  engine predict photo.png                   read one\n"
            + "  engine doctor                              what this computer can do, and what it lacks for what")
        {
            debug,
            new HelpOption("--help", "-h") { Description = "Show this help" },
            new VersionOption(),
        };
        foreach (Func<Terminal, Command> create in named.Length > 0 ? named : Commands.Select(command => command.Create))
        {
            root.Add(create(terminal));
        }

        ParseResult parsed = root.Parse(
            arguments.Count == 0 ? ["--help"] : arguments,
            new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        bool wantsTrace = parsed.GetValue(debug) || Environment.GetEnvironmentVariable(ErrorBoundary.DebugVariable) is "1";
        return ErrorBoundary.Run(terminal, wantsTrace, () =>
        {
            CommandLineMistakes.ThrowIfAny(parsed);
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        });
    }
}
