using System.Runtime.InteropServices;

namespace Native.Kernels.Libraries;

/// <summary>Asks each library for its version, through functions that need no device.</summary>
internal static unsafe class LibraryVersions
{
    /// <summary>"13.0.2", or null where the library does not say.</summary>
    public static string? Of(string name, nint library) => name switch
    {
        NativeLibraries.Driver => Driver(library),
        NativeLibraries.CuBlas => CuBlas(library),
        NativeLibraries.CuDnn => CuDnn(library),
        NativeLibraries.Nvrtc => Nvrtc(library),
        _ => null,
    };

    // cuDriverGetVersion tells the CUDA version that the driver serves: 1000·major + 10·minor. The driver's own number
    // (580.65) stands in a file.
    private static string? Driver(nint library)
    {
        int version = 0;
        if (!Find(library, "cuDriverGetVersion", out nint function) || ((delegate* unmanaged<int*, int>)function)(&version) != 0)
        {
            return null;
        }

        string cuda = $"CUDA {version / 1000}.{version % 1000 / 10}";
        return DriverNumber() is { } number ? $"{number} ({cuda})" : cuda;
    }

    // cublasGetProperty, with 0 for major, 1 for minor, 2 for patch.
    private static string? CuBlas(nint library)
    {
        int* parts = stackalloc int[3];
        if (!Find(library, "cublasGetProperty", out nint function))
        {
            return null;
        }

        for (int i = 0; i < 3; i++)
        {
            if (((delegate* unmanaged<int, int*, int>)function)(i, parts + i) != 0)
            {
                return null;
            }
        }

        return $"{parts[0]}.{parts[1]}.{parts[2]}";
    }

    // cudnnGetVersion since version 9: 10000·major + 100·minor + patch.
    private static string? CuDnn(nint library)
    {
        if (!Find(library, "cudnnGetVersion", out nint function))
        {
            return null;
        }

        ulong version = ((delegate* unmanaged<nuint>)function)();
        return $"{version / 10000}.{version / 100 % 100}.{version % 100}";
    }

    private static string? Nvrtc(nint library)
    {
        int major = 0, minor = 0;
        return Find(library, "nvrtcVersion", out nint function) && ((delegate* unmanaged<int*, int*, int>)function)(&major, &minor) == 0
            ? $"{major}.{minor}"
            : null;
    }

    private static bool Find(nint library, string function, out nint address) =>
        NativeLibrary.TryGetExport(library, function, out address);

    // "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build ..."
    private static string? DriverNumber()
    {
        const string File = "/proc/driver/nvidia/version";
        if (!System.IO.File.Exists(File))
        {
            return null;
        }

        string first = System.IO.File.ReadLines(File).FirstOrDefault() ?? "";
        return first.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(word => word.Contains('.', StringComparison.Ordinal) && word.All(c => char.IsAsciiDigit(c) || c == '.'));
    }
}
