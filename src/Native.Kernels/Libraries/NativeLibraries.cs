using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Native.Kernels.Libraries;

/// <summary>
/// NVIDIA's libraries, found and loaded at first use. The bindings name them by the keys below; this class maps a key to
/// the file that this machine offers.
/// </summary>
public static unsafe class NativeLibraries
{
    /// <summary>The CUDA driver.</summary>
    public const string Driver = "cuda-driver";

    /// <summary>Matrix products.</summary>
    public const string CuBlas = "cublas";

    /// <summary>Operations of neural networks.</summary>
    public const string CuDnn = "cudnn";

    /// <summary>The run-time compiler.</summary>
    public const string Nvrtc = "nvrtc";

    private static readonly Dictionary<string, LoadedLibrary> Loaded = [];
    private static readonly Lock Gate = new();

    /// <summary>True where a library can be loaded. Loads it.</summary>
    /// <param name="name">One of the names above.</param>
    public static bool IsAvailable(string name) => Load(name).Handle != 0;

    /// <summary>Loads a library, or says why not.</summary>
    /// <param name="name">One of the names above.</param>
    /// <exception cref="NativeLibraryException">It is not there; the message lists what was tried and what to do.</exception>
    public static void Require(string name)
    {
        if (!IsAvailable(name))
        {
            throw new NativeLibraryException(Report(name));
        }
    }

    /// <summary>What is known of a library. Loads it.</summary>
    /// <param name="name">One of the names above.</param>
    public static LibraryReport Report(string name)
    {
        LoadedLibrary library = Load(name);
        VendorLibrary vendor = VendorLibrary.All[name];
        return library.Handle == 0
            ? new LibraryReport(name, vendor.Title, null, null, library.Tried, library.Rejected, vendor.Advice)
            : new LibraryReport(
                name, vendor.Title, library.Path, LibraryVersions.Of(name, library.Handle), library.Tried, library.Rejected, "");
    }

    /// <summary>What is known of all of them: driver, cuBLAS, cuDNN, NVRTC.</summary>
    public static IReadOnlyList<LibraryReport> Reports() => [.. VendorLibrary.All.Keys.Select(Report)];

    /// <summary>Whether a loaded library has a function: newer ones come with newer versions.</summary>
    internal static bool HasFunction(string name, string function) =>
        Load(name) is { Handle: not 0 } library && NativeLibrary.TryGetExport(library.Handle, function, out _);

    // One resolver per assembly is allowed, and it must be there before the first call into any of the libraries.
#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void InstallResolver() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
#pragma warning restore CA2255

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (!VendorLibrary.All.ContainsKey(name))
        {
            return 0;
        }

        Require(name);
        return Load(name).Handle;
    }

    private static LoadedLibrary Load(string name)
    {
        lock (Gate)
        {
            if (!Loaded.TryGetValue(name, out LoadedLibrary? library))
            {
                VendorLibrary vendor = VendorLibrary.All[name];
                foreach (string need in vendor.Needs)
                {
                    Load(need);
                }

                Loaded[name] = library = LoadedLibrary.Find(vendor, vendor.IsDriver ? int.MaxValue : NewestCuda());
            }

            return library;
        }
    }

    // A library of CUDA 13 on a driver of CUDA 12 loads, and fails at its first call: such files are left out.
    private static int NewestCuda()
    {
        nint driver = Load(Driver).Handle;
        int version = 0;
        return driver != 0
            && NativeLibrary.TryGetExport(driver, "cuDriverGetVersion", out nint function)
            && ((delegate* unmanaged<int*, int>)function)(&version) == 0
            && version > 0
                ? version / 1000
                : int.MaxValue;
    }
}
