namespace Engine.Data;

/// <summary>Finds the files of a data set: in the folder the user named, or else in the usual places, or else on the network.</summary>
/// <remarks>
/// The order: <see cref="DataOptions.Directory"/> (and then nowhere else); the folder in the environment variable
/// ENGINE_DATA; the cache folder; a download into the cache folder. In each folder the files may lie directly or in a
/// subfolder with the name of the set, with or without ".gz", under the names "…-idx3-ubyte" or "….idx3-ubyte".
/// </remarks>
public sealed class DataLocator
{
    /// <summary>The environment variable that names a folder of data sets.</summary>
    public const string EnvironmentVariable = "ENGINE_DATA";

    private readonly DataOptions options;
    private readonly Func<string, string?> environment;

    /// <summary>A locator for this process's environment.</summary>
    public DataLocator(DataOptions options)
        : this(options, Environment.GetEnvironmentVariable)
    {
    }

    internal DataLocator(DataOptions options, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.environment) = (options, environment);
    }

    /// <summary>
    /// Where downloads are kept: "engine" below XDG_CACHE_HOME or ~/.cache, on Windows below the user's local
    /// application data.
    /// </summary>
    public string CacheFolder
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "engine");
            }

            string? cache = environment("XDG_CACHE_HOME");

            // The XDG base directory specification: a relative path there is to be ignored.
            return !string.IsNullOrEmpty(cache) && Path.IsPathFullyQualified(cache)
                ? Path.Combine(cache, "engine")
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "engine");
        }
    }

    /// <summary>Finds a set, downloading it where that is allowed and needed.</summary>
    /// <exception cref="DataNotFoundException">It is nowhere; the message lists the places.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled; what has arrived is kept for the next time.</exception>
    public async Task<DataLocation> LocateAsync(DataFileSet set, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (options.Directory is string named)
        {
            return FindBelow(named, set, $"the folder {Path.GetFullPath(named)}") ?? throw new DataNotFoundException(
                $"The folder {Path.GetFullPath(named)} has no files of data set '{set.Name}', neither directly nor in '{set.Name}'. "
                + $"It needs {string.Join(", ", set.Files.Select(f => f.Name))}, plain or .gz.");
        }

        string? fromEnvironment = environment(EnvironmentVariable);
        DataLocation? found = string.IsNullOrEmpty(fromEnvironment)
            ? null
            : FindBelow(fromEnvironment, set, $"{EnvironmentVariable}={fromEnvironment}");
        found ??= FindBelow(CacheFolder, set, $"the cache folder {CacheFolder}");
        if (found is not null)
        {
            return found;
        }

        string places = string.IsNullOrEmpty(fromEnvironment)
            ? $"{EnvironmentVariable} is not set, the cache folder {CacheFolder} does not hold it"
            : $"neither {EnvironmentVariable}={fromEnvironment} nor the cache folder {CacheFolder} holds it";
        if (!options.AllowDownload)
        {
            throw new DataNotFoundException($"Data set '{set.Name}' not found: {places}, and downloading was not allowed.");
        }

        string folder = Path.Combine(CacheFolder, set.Name);
        try
        {
            using Downloader downloader = new(options.Progress);
            await downloader.DownloadAsync(set, folder, cancellation).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataNotFoundException($"Data set '{set.Name}' not found: {places}, and downloading failed: {problem.Message}", problem);
        }

        return new DataLocation([.. set.Files.Select(f => Path.Combine(folder, f.Name))], $"downloaded into {folder}");
    }

    private static DataLocation? FindBelow(string folder, DataFileSet set, string description) =>
        FindIn(folder, set, description) ?? FindIn(Path.Combine(folder, set.Name), set, description);

    private static DataLocation? FindIn(string folder, DataFileSet set, string description)
    {
        List<string> paths = [];
        foreach (DataFile file in set.Files)
        {
            string? path = NamesOf(file.Name).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
            if (path is null)
            {
                return null;
            }

            paths.Add(path);
        }

        return new DataLocation(paths, description);
    }

    private static IEnumerable<string> NamesOf(string name)
    {
        string plain = name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
        string dotted = plain.Replace("-idx", ".idx", StringComparison.Ordinal);
        return [plain + ".gz", plain, dotted + ".gz", dotted];
    }
}
