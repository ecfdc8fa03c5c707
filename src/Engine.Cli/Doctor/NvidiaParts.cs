using Engine.Cli.Rendering;
using Native.Kernels.Driver;
using Native.Kernels.Libraries;

namespace Engine.Cli.Doctor;

/// <summary>What computing on an NVIDIA GPU needs.</summary>
/// <param name="Libraries">Driver, cuBLAS, cuDNN, NVRTC.</param>
/// <param name="Toolkit">nvcc; null where it is missing.</param>
/// <param name="Devices">A line for each device, or why there are none.</param>
/// <param name="UsableDevices">How many of them can be used.</param>
/// <param name="PtxFiles">Families of kernels that lie beside the program as PTX.</param>
internal sealed record NvidiaParts(
    IReadOnlyList<LibraryReport> Libraries, Tool? Toolkit, IReadOnlyList<string> Devices, int UsableDevices, int PtxFiles)
{
    /// <summary>Looks for everything. Loads the libraries.</summary>
    public static NvidiaParts Look()
    {
        (IReadOnlyList<string> devices, int usable) = LookForDevices();
        string ptx = Path.Combine(AppContext.BaseDirectory, "ptx");
        return new NvidiaParts(
            NativeLibraries.Reports(),
            FindToolkit(),
            devices,
            usable,
            Directory.Exists(ptx) ? Directory.GetFiles(ptx, "*.ptx").Length : 0);
    }

    /// <summary>The lines of the page.</summary>
    /// <param name="listPlaces">Also list every file that was looked for in vain.</param>
    public Section Describe(bool listPlaces)
    {
        List<Finding> findings = [];
        foreach (LibraryReport library in Libraries)
        {
            findings.Add(new(Label(library.Name), Describe(library), library.IsFound));
            findings.AddRange(library.Rejected.Select(reason => new Finding("", $"there, but not to be loaded: {reason}", false)));
            if (listPlaces && !library.IsFound)
            {
                findings.AddRange(library.Tried.Select(path => new Finding("", $"not at {path}", false)));
            }
        }

        findings.Add(Toolkit is null
            ? new("toolkit", "not found (nvcc); needed only to build the kernels ahead of time", false)
            : new("toolkit", $"{Toolkit.Version}, {Toolkit.Path}"));
        findings.Add(PtxFiles > 0
            ? new("kernels", $"{Numbers.Count(PtxFiles, "source file")} compiled to PTX beside the program")
            : new("kernels", Has(NativeLibraries.Nvrtc) ? "no PTX beside the program; NVRTC compiles them at first use" : "no PTX beside the program, and no NVRTC to compile them", Has(NativeLibraries.Nvrtc)));
        findings.AddRange(Devices.Select((device, i) => new Finding(i == 0 ? "devices" : "", device, UsableDevices > 0)));
        return new Section("NVIDIA GPU (--device cuda)", findings);
    }

    /// <summary>What is missing, for what.</summary>
    public IEnumerable<Advice> Advise()
    {
        const string Purpose = "To train on an NVIDIA GPU (--device cuda)";
        LibraryReport driver = Report(NativeLibraries.Driver);
        if (!driver.IsFound)
        {
            yield return new Advice(Purpose, $"{Begin(driver.Advice)}. Then run `engine doctor` again: it tells which of NVIDIA's libraries are missing");
            yield break;
        }

        if (UsableDevices == 0)
        {
            yield return new Advice(Purpose, "the driver is there and offers no device to use; see the line \"devices\" above, and what `nvidia-smi` says");
        }

        if (PtxFiles == 0 && !Has(NativeLibraries.Nvrtc))
        {
            yield return new Advice("To run the engine's kernels on the GPU", $"{Begin(Report(NativeLibraries.Nvrtc).Advice)}; or build on a machine with nvcc");
        }

        if (!Has(NativeLibraries.CuBlas))
        {
            yield return new Advice("For NVIDIA's matrix products", $"{Begin(Report(NativeLibraries.CuBlas).Advice)}. Until then the engine's own kernels multiply");
        }

        if (!Has(NativeLibraries.CuDnn))
        {
            yield return new Advice("For NVIDIA's convolutions", $"{Begin(Report(NativeLibraries.CuDnn).Advice)}");
        }
    }

    private static string Describe(LibraryReport library) => library.IsFound
        ? $"{library.Version ?? "version unknown"}, {library.Path}"
        : $"not found; looked for {string.Join(" and ", library.Tried.Select(Path.GetFileName).Distinct())}";

    private static string Label(string name) => name switch
    {
        NativeLibraries.Driver => "driver",
        NativeLibraries.CuBlas => "cuBLAS",
        NativeLibraries.CuDnn => "cuDNN",
        _ => "NVRTC",
    };

    private static string Begin(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');

    private static Tool? FindToolkit()
    {
        string? Below(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } root ? Path.Combine(root, "bin") : null;
        return Tool.Find("nvcc", line => line.Contains("release", StringComparison.Ordinal), Below("CUDA_PATH"), Below("CUDA_HOME"), "/usr/local/cuda/bin");
    }

    private static (IReadOnlyList<string> Lines, int Usable) LookForDevices()
    {
        List<string> lines = [];
        int usable = 0;
        try
        {
            NvidiaDriver driver = NvidiaDriver.Load();
            driver.Check(driver.Init(0), "cuInit");
            driver.Check(driver.DeviceGetCount(out int count), "cuDeviceGetCount");
            for (int i = 0; i < count; i++)
            {
                bool works = TryDescribe(driver, i, out string line);
                lines.Add($"cuda:{i}  {line}");
                usable += works ? 1 : 0;
            }
        }
        catch (NativeLibraryException)
        {
            // The line of the driver says so.
            return (["none without a driver"], 0);
        }
        catch (CudaException problem)
        {
            return ([$"none: {problem.Reason}"], 0);
        }

        return (lines.Count == 0 ? ["none"] : lines, usable);
    }

    private static bool TryDescribe(NvidiaDriver driver, int ordinal, out string line)
    {
        try
        {
            using CudaContext context = new(driver, ordinal);
            (int major, int minor) = context.ComputeCapability;
            (long free, long total) = context.Memory;
            line = $"{context.Name}, capability {major}.{minor}, {Numbers.Bytes(total)} of memory, {Numbers.Bytes(free)} free";
            return true;
        }
        catch (CudaException problem)
        {
            line = $"cannot be used: {problem.Reason}";
            return false;
        }
    }

    private bool Has(string name) => Report(name).IsFound;

    private LibraryReport Report(string name) => Libraries.First(l => l.Name == name);
}
