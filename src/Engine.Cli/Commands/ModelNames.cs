using Engine.Models;

namespace Engine.Cli.Commands;

/// <summary>The models the command knows: those of the catalogue, and the perceptron, which learns by its own rule.</summary>
internal static class ModelNames
{
    /// <summary>The perceptron's name.</summary>
    public const string Perceptron = "perceptron";

    /// <summary>What the perceptron is, in the words of <see cref="ModelDefinition.Description"/>.</summary>
    public const string PerceptronDescription = "Rosenblatt's perceptron learns a logic gate by its own rule (decks P, F, R)";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Perceptron, .. ModelCatalog.All.Select(m => m.Name)];

    /// <summary>True for the perceptron.</summary>
    public static bool IsPerceptron(string? name) => string.Equals(name, Perceptron, StringComparison.OrdinalIgnoreCase);

    /// <summary>The model of a name.</summary>
    /// <exception cref="MistakeException">None was named, or there is none of that name.</exception>
    public static ModelDefinition Find(string? name, string command) => name is null
        ? throw Missing(command)
        : ModelCatalog.Find(name) ?? throw Unknown(name);

    /// <summary>No model was named.</summary>
    public static MistakeException Missing(string command) =>
        new($"'engine {command}' needs a model: {string.Join(", ", All)}. For example: engine {command} mnist-mlp");

    private static MistakeException Unknown(string name) => new($"There is no model '{name}'. {Nearest.Hint(name, All)}");
}
