using Native.Kernels.Libraries;
using static Native.Kernels.Nvrtc.NvrtcApi;

namespace Native.Kernels.Nvrtc;

/// <summary>Compiles CUDA C++ on the machine it runs on, without a toolkit's compiler.</summary>
public static unsafe class NvrtcCompiler
{
    private static readonly Lazy<int[]> Architectures = new(ReadArchitectures);

    /// <summary>True where NVRTC can be loaded.</summary>
    public static bool IsAvailable => NativeLibraries.IsAvailable(NativeLibraries.Nvrtc);

    /// <summary>The compiler's version.</summary>
    /// <exception cref="NativeLibraryException">NVRTC is not there.</exception>
    public static Version Version
    {
        get
        {
            Check(nvrtcVersion(out int major, out int minor), "nvrtcVersion", "");
            return new Version(major, minor);
        }
    }

    /// <summary>The compute capabilities that it makes machine code for, ascending: 90 for 9.0.</summary>
    public static IReadOnlyList<int> SupportedArchitectures => Architectures.Value;

    /// <summary>Compiles for a device.</summary>
    /// <param name="source">What to compile.</param>
    /// <param name="capability">The device's compute capability: 90 for 9.0.</param>
    /// <returns>Machine code where the compiler knows the device, else PTX of the newest architecture below it.</returns>
    /// <exception cref="NativeLibraryException">NVRTC is not there.</exception>
    /// <exception cref="NvrtcException">The source has mistakes; the message has file and line.</exception>
    public static KernelImage Compile(KernelSource source, int capability)
    {
        ArgumentNullException.ThrowIfNull(source);
        string architecture = Architecture(capability, SupportedArchitectures);
        bool isCubin = architecture.StartsWith("sm_", StringComparison.Ordinal);
        using NvrtcProgram program = new(source);
        string log = program.Compile([$"--gpu-architecture={architecture}", "--std=c++17", "-lineinfo", .. source.Options]);
        return new KernelImage(isCubin ? program.ReadCubin() : program.ReadPtx(), isCubin, log);
    }

    /// <summary>The name of the architecture to compile for: "sm_90", or "compute_90" where a device is newer than the compiler.</summary>
    internal static string Architecture(int capability, IReadOnlyList<int> supported)
    {
        if (supported.Contains(capability))
        {
            return $"sm_{capability}";
        }

        int[] older = [.. supported.Where(known => known < capability)];
        return older.Length > 0
            ? $"compute_{older.Max()}"
            : throw new NativeLibraryException(
                NativeLibraries.Nvrtc,
                $"This NVRTC compiles for compute capability {supported.Min() / 10}.{supported.Min() % 10} and above, the device has "
                + $"{capability / 10}.{capability % 10}. Install the CUDA toolkit 12.");
    }

    private static int[] ReadArchitectures()
    {
        Check(nvrtcGetNumSupportedArchs(out int count), "nvrtcGetNumSupportedArchs", "");
        int[] architectures = new int[count];
        fixed (int* first = architectures)
        {
            Check(nvrtcGetSupportedArchs(first), "nvrtcGetSupportedArchs", "");
        }

        return architectures;
    }

    private static void Check(NvrtcResult result, string call, string arguments)
    {
        if (result != NvrtcResult.Success)
        {
            throw new NvrtcException(result, call, arguments);
        }
    }
}
