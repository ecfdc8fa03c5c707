namespace Native.Kernels.Libraries;

/// <summary>A library of NVIDIA's is not there, cannot be loaded, or is too old. The message says what to do.</summary>
public sealed class NativeLibraryException : Exception
{
    /// <summary>A library that was not found.</summary>
    /// <param name="report">What was tried.</param>
    public NativeLibraryException(LibraryReport report)
        : base(Describe(report ?? throw new ArgumentNullException(nameof(report))))
    {
        Library = report.Name;
    }

    /// <summary>A library that was found and will not do.</summary>
    /// <param name="library">Its name in this project.</param>
    /// <param name="message">What is wrong and what to do.</param>
    public NativeLibraryException(string library, string message)
        : base($"{message} Run `engine doctor`.")
    {
        Library = library;
    }

    /// <summary>The library's name in this project: <see cref="NativeLibraries.CuBlas"/>.</summary>
    public string Library { get; }

    // The folders fill a page; the file names say what is looked for, and the doctor prints the page.
    private static string Describe(LibraryReport report)
    {
        IEnumerable<string> names = report.Tried.Select(Path.GetFileName).Distinct()!;
        int folders = report.Tried.Select(Path.GetDirectoryName).Distinct().Count();
        string rejected = report.Rejected.Count == 0 ? "" : $" There, but not to be loaded: {string.Join("; ", report.Rejected)}.";
        return $"{report.Title} was not found: tried {string.Join(", ", names)} in {folders} places.{rejected} "
            + $"{report.Advice}. Run `engine doctor`.";
    }
}
