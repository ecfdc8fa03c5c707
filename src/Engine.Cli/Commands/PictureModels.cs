using Engine.Models;

namespace Engine.Cli.Commands;

/// <summary>The models that are timed: those that read pictures. The others are done before a clock can tell.</summary>
internal static class PictureModels
{
    /// <summary>All of them.</summary>
    public static IEnumerable<ModelDefinition> All => ModelCatalog.All.Where(m => m.DefaultInput.Rank == 3);

    /// <summary>Their names, as one says them.</summary>
    public static string Names => string.Join(", ", All.Select(m => m.Name));

    /// <summary>The model of a name.</summary>
    /// <exception cref="MistakeException">There is none.</exception>
    public static ModelDefinition Find(string name) =>
        All.FirstOrDefault(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new MistakeException($"There is no model '{name}' that reads pictures. {Nearest.Hint(name, [.. All.Select(m => m.Name)])}");
}
