using System.Runtime.InteropServices;
using Native.Kernels.Emulation;

namespace Native.Kernels.Libraries;

/// <summary>Where a library may lie, in the order in which the places are looked at.</summary>
/// <remarks>
/// A newer version anywhere is preferred to an older one anywhere; for each version the places are: ENGINE_NATIVE_PATH,
/// the program's folder, the toolkit named by the environment, the toolkit's usual folders, the system's, those of
/// Python packages, and at last the bare name, which leaves the search to the system's loader. Nothing is executed.
/// </remarks>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="programFolder">The folder of the program.</param>
/// <param name="windows">Whether names and folders are those of Windows.</param>
internal sealed class LibrarySearch(Func<string, string?> environment, string programFolder, bool windows)
{
    private readonly PythonFolders python = new(environment, windows);

    /// <summary>The search on this machine.</summary>
    public static LibrarySearch Here { get; } =
        new(Environment.GetEnvironmentVariable, AppContext.BaseDirectory, OperatingSystem.IsWindows());

    private static string Triple => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";

    /// <summary>Files to try, most wanted first: full paths, then bare names.</summary>
    /// <param name="library">What is looked for.</param>
    /// <param name="newestCuda">The newest CUDA version that the driver can serve; newer files are left out.</param>
    public IEnumerable<(LibraryFile File, string Path)> Candidates(VendorLibrary library, int newestCuda = int.MaxValue)
    {
        string[] folders = [.. Folders(library).Distinct()];
        foreach (LibraryFile file in library.Files(windows).Where(file => file.CudaMajor <= newestCuda))
        {
            foreach (string folder in folders)
            {
                yield return (file, Path.Combine(folder, file.Name));
            }

            yield return (file, file.Name);
        }
    }

    /// <summary>Folders to look in, first to last.</summary>
    public IEnumerable<string> Folders(VendorLibrary library)
    {
        foreach (string folder in PathList(EmulatorFiles.PathVariable))
        {
            yield return folder;
        }

        yield return programFolder;
        IEnumerable<string> installed = library.IsDriver ? DriverFolders() : ToolkitFolders(library).Concat(SystemFolders());
        foreach (string folder in installed)
        {
            yield return folder;
        }

        foreach (string wheel in library.WheelFolders)
        {
            foreach (string site in python.SitePackages())
            {
                yield return windows
                    ? Path.Combine(site, "nvidia", wheel, "bin", wheel.StartsWith("cu1", StringComparison.Ordinal) ? "x86_64" : "")
                    : Path.Combine(site, "nvidia", wheel, "lib");
            }
        }
    }

    private IEnumerable<string> ToolkitFolders(VendorLibrary library)
    {
        foreach (string root in library.PathVariables.SelectMany(PathList).Concat(ToolkitRoots()))
        {
            string[] below = windows
                ? ["bin/x64", "bin"]
                : ["lib64", "lib", Path.Combine("targets", $"{(Triple == "aarch64" ? "sbsa" : Triple)}-linux", "lib")];
            foreach (string folder in below)
            {
                yield return Path.Combine(root, folder);
            }
        }
    }

    // /usr/local/cuda points at the version its administrator chose; the others stand beside it, the newest first.
    private IEnumerable<string> ToolkitRoots()
    {
        string parent = windows
            ? Path.Combine(environment("ProgramFiles") ?? @"C:\Program Files", "NVIDIA GPU Computing Toolkit", "CUDA")
            : "/usr/local";
        IEnumerable<string> versions = Existing(parent, windows ? "v1*" : "cuda-1*").OrderDescending(StringComparer.Ordinal);
        return windows ? versions : versions.Prepend("/usr/local/cuda");
    }

    private IEnumerable<string> SystemFolders() =>
        windows ? [] : [$"/usr/lib/{Triple}-linux-gnu", "/usr/lib64", "/usr/lib"];

    // Containers and WSL mount the host's driver here; everywhere else the loader knows it.
    private IEnumerable<string> DriverFolders() =>
        windows ? [] : ["/usr/local/nvidia/lib64", "/usr/lib/wsl/lib", .. SystemFolders()];

    private string[] PathList(string variable) =>
        (environment(variable) ?? "").Split(windows ? ';' : ':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Existing(string parent, string pattern) =>
        Directory.Exists(parent) ? Directory.GetDirectories(parent, pattern) : [];
}
