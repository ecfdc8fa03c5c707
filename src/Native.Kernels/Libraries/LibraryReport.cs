namespace Native.Kernels.Libraries;

/// <summary>What is known of one of NVIDIA's libraries on this machine.</summary>
/// <param name="Name">The name used in this project: <see cref="NativeLibraries.CuBlas"/>.</param>
/// <param name="Title">What people call it: "cuBLAS".</param>
/// <param name="Path">Where it was found; null where it was not.</param>
/// <param name="Version">Its own version: "13.0.2"; null where it was not found or does not say.</param>
/// <param name="Tried">The files that were looked for, in order.</param>
/// <param name="Rejected">Files that are there and could not be loaded, with the loader's reason.</param>
/// <param name="Advice">What to do; empty where nothing is to be done.</param>
public sealed record LibraryReport(
    string Name,
    string Title,
    string? Path,
    string? Version,
    IReadOnlyList<string> Tried,
    IReadOnlyList<string> Rejected,
    string Advice)
{
    /// <summary>True where it was found and loaded.</summary>
    public bool IsFound => Path is not null;

    /// <summary>One line: "cuBLAS 13.0.2 at /usr/local/cuda/lib64/libcublas.so.13", or what is missing and what to do.</summary>
    public override string ToString() => IsFound
        ? $"{Title}{(Version is null ? "" : $" {Version}")} at {Path}"
        : $"{Title} not found. {Advice}";
}
