using System.CommandLine;
using System.CommandLine.Parsing;
using Engine.Cli.Commands;

namespace Engine.Cli.Options;

/// <summary>The option <c>--profile [FILE.json]</c>.</summary>
internal sealed class ProfileOption
{
    private const string Name = "--profile";
    private const string Extension = ".json";

    /// <summary>The option itself.</summary>
    public Option<string?> Option { get; } = new(Name)
    {
        Description = "Say where the time went, layer by layer; with a file also as a trace for chrome://tracing and ui.perfetto.dev",
        HelpName = $"FILE{Extension}",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = Read,
    };

    /// <summary>What the user asked.</summary>
    public ProfileRequest Read(ParseResult parsed) =>
        new(parsed.GetResult(Option) is { Implicit: false }, parsed.GetValue(Option));

    // What stands after it may also be a model or a picture that was meant for the command.
    private static string? Read(ArgumentResult result)
    {
        if (result.Tokens is [var token] && !token.Value.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
        {
            result.AddError($"{Name} was given '{token.Value}' and expects a file *{Extension}, or nothing; then let it be the last on the line.");
        }

        return result.Tokens is [var file] ? file.Value : null;
    }
}
