namespace Engine.Data;

/// <summary>Where the files of a data set were found.</summary>
/// <param name="Paths">The path of each file, in the order of the set.</param>
/// <param name="Description">For the user: which source it is, such as "the cache folder /home/ada/.cache/engine/mnist".</param>
public sealed record DataLocation(IReadOnlyList<string> Paths, string Description);
