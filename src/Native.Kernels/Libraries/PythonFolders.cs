namespace Native.Kernels.Libraries;

/// <summary>
/// The package folders of the Pythons of a machine, where NVIDIA's libraries lie when they came as wheels. They are
/// found by looking, not by running Python.
/// </summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="windows">Whether the folders are laid out as on Windows.</param>
internal sealed class PythonFolders(Func<string, string?> environment, bool windows)
{
    /// <summary>Folders that hold packages: the active environment's first, the system's last.</summary>
    public IEnumerable<string> SitePackages() =>
        List("PYTHONPATH").Concat(Prefixes().Distinct().SelectMany(Below)).Distinct();

    private IEnumerable<string> Prefixes()
    {
        foreach (string variable in (string[])["VIRTUAL_ENV", "CONDA_PREFIX"])
        {
            if (environment(variable) is { Length: > 0 } prefix)
            {
                yield return prefix;
            }
        }

        // The python3 that a shell would start lies in the bin folder of its environment.
        foreach (string folder in List("PATH"))
        {
            if (File.Exists(Path.Combine(folder, windows ? "python.exe" : "python3")))
            {
                yield return windows ? folder : Path.GetDirectoryName(folder.TrimEnd('/')) ?? "/";
            }
        }

        if (windows)
        {
            yield break;
        }

        foreach (string folder in Existing("/opt", "*"))
        {
            yield return Path.Combine(folder, ".venv");
            yield return Path.Combine(folder, "venv");
            yield return folder;
        }

        if (environment("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".local");
        }

        yield return "/usr/local";
        yield return "/usr";
    }

    private IEnumerable<string> Below(string prefix) => windows
        ? [Path.Combine(prefix, "Lib", "site-packages")]
        : from lib in (string[])["lib", "lib64"]
          from version in Existing(Path.Combine(prefix, lib), "python3*").OrderDescending(StringComparer.Ordinal)
          from packages in (string[])["site-packages", "dist-packages"]
          select Path.Combine(version, packages);

    private string[] List(string variable) =>
        (environment(variable) ?? "").Split(windows ? ';' : ':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // A folder that may not be read holds nothing for us.
    private static string[] Existing(string parent, string pattern)
    {
        try
        {
            return Directory.Exists(parent) ? Directory.GetDirectories(parent, pattern) : [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }
}
