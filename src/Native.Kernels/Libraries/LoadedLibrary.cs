using System.Runtime.InteropServices;

namespace Native.Kernels.Libraries;

/// <summary>The outcome of looking for a library.</summary>
/// <param name="Handle">The loaded library; 0 where there is none.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Tried">The files that were looked for up to the one that was loaded.</param>
/// <param name="Rejected">Files that are there and could not be loaded, with the loader's reason.</param>
internal sealed record LoadedLibrary(nint Handle, string? Path, IReadOnlyList<string> Tried, IReadOnlyList<string> Rejected)
{
    /// <summary>Looks for a library and loads it, after the companions that it will open by name.</summary>
    public static LoadedLibrary Find(VendorLibrary library, int newestCuda)
    {
        List<string> tried = [], rejected = [];
        foreach ((LibraryFile file, string path) in LibrarySearch.Here.Candidates(library, newestCuda))
        {
            tried.Add(path);
            bool isBareName = path == file.Name;
            if (!isBareName && !File.Exists(path))
            {
                continue;
            }

            if (!isBareName)
            {
                LoadCompanions(file, System.IO.Path.GetDirectoryName(path)!);
            }

            if (TryLoad(path, out nint handle, out string reason))
            {
                return new LoadedLibrary(handle, isBareName ? MappedPath(path) : path, tried, rejected);
            }

            if (!isBareName)
            {
                rejected.Add($"{path}: {reason}");
            }
        }

        return new LoadedLibrary(0, null, tried, rejected);
    }

    // A companion that cannot be loaded may not be needed; where it is, loading the library itself says so.
    private static void LoadCompanions(LibraryFile file, string folder)
    {
        foreach (string pattern in file.Companions)
        {
            foreach (string companion in Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal))
            {
                NativeLibrary.TryLoad(companion, out _);
            }
        }
    }

    private static bool TryLoad(string path, out nint handle, out string reason)
    {
        try
        {
            handle = NativeLibrary.Load(path);
            reason = "";
            return true;
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            handle = 0;
            reason = failure.Message.ReplaceLineEndings(" ").Trim();
            return false;
        }
    }

    // What the loader found for a bare name stands in the list of the process's mapped files.
    private static string MappedPath(string name)
    {
        const string Maps = "/proc/self/maps";
        string? line = File.Exists(Maps)
            ? File.ReadLines(Maps).FirstOrDefault(line => line.Contains($"/{System.IO.Path.GetFileNameWithoutExtension(name)}", StringComparison.Ordinal))
            : null;
        return line is null ? name : line[line.IndexOf('/', StringComparison.Ordinal)..];
    }
}
