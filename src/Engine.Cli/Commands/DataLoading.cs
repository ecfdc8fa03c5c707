using Engine.Cli.Rendering;
using Engine.Data;

namespace Engine.Cli.Commands;

/// <summary>Gets data sets for the commands, and shows a download on its way.</summary>
internal static class DataLoading
{
    /// <summary>The entry of a name.</summary>
    /// <exception cref="MistakeException">There is none.</exception>
    public static DataCatalogEntry Find(string name) =>
        DataCatalog.Entries.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new MistakeException($"There is no data set '{name}'. {Nearest.Hint(name, [.. DataCatalog.Entries.Select(e => e.Name)])}");

    /// <summary>Loads a set.</summary>
    public static DataSplits Load(Terminal terminal, DataCatalogEntry entry, DataOptions options) =>
        Watched(terminal, options, watched => entry.LoadAsync(watched, terminal.Cancellation));

    /// <summary>
    /// Loads the set the user named, or else the model's usual one. Where that is MNIST and it cannot be had, generated
    /// digits stand in for it, and the source says so; a set or a folder that was named must be there.
    /// </summary>
    /// <param name="terminal">Where a download shows.</param>
    /// <param name="named">The user's set, or null.</param>
    /// <param name="usual">The model's usual set.</param>
    /// <param name="options">Where from, how much.</param>
    public static DataSplits Load(Terminal terminal, string? named, string usual, DataOptions options) =>
        named is null && usual == DataFileSet.Mnist.Name
            ? Watched(terminal, options, watched => DataCatalog.LoadDigitsAsync(watched, terminal.Cancellation))
            : Load(terminal, Find(named ?? usual), options);

    /// <summary>Which data these are and where they come from: "mnist from the cache folder …", "and, built in".</summary>
    public static string Describe(DataSplits splits)
    {
        string name = splits.Train.Name.Split(' ')[0];
        string source = splits.Source.TrimEnd('.');
        return source.Contains(name, StringComparison.Ordinal) ? source : $"{name}, {source}";
    }

    private static DataSplits Watched(Terminal terminal, DataOptions options, Func<DataOptions, Task<DataSplits>> load)
    {
        if (options.Directory is { } folder)
        {
            options = options with { Directory = terminal.FullPath(folder) };
        }

        using LiveLine line = new(terminal);
        return Task.Run(() => load(options with { Progress = progress => line.Show(() => [(Describe(progress), Theme.Plain)]) })).GetAwaiter().GetResult();
    }

    private static string Describe(DownloadProgress progress) =>
        $"downloading {progress.Address.Segments[^1]} {Bar.Of((double)progress.Received / progress.Total, 20).PadRight(20)} "
        + $"{Numbers.Bytes(progress.Received)} of {Numbers.Bytes(progress.Total)}";
}
