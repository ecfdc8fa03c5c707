using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Cli.Rendering;

namespace Engine.Cli.Doctor;

/// <summary>The processor and what runs on it: all that <c>--device cpu</c> needs.</summary>
internal static class Machine
{
    /// <summary>What there is.</summary>
    public static Section Look() => new(
        "This computer",
        [
            new("processor", $"{ProcessorName() ?? $"{RuntimeInformation.ProcessArchitecture}"}; {Numbers.Count(Environment.ProcessorCount, "thread")} at once"),
            new("vectors", Vectors()),
            new("memory", $"{Numbers.Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)} to use"),
            new("system", $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}"),
        ]);

    private static string Vectors()
    {
        string name = Avx512F.IsSupported ? " (AVX-512)" : Avx2.IsSupported ? " (AVX2)" : Vector128.IsHardwareAccelerated && !Sse2.IsSupported ? " (NEON)" : "";
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        return bits == 0 ? "none: numbers are computed one at a time" : $"{bits} bits{name}: {bits / 32} Float32 numbers at a time";
    }

    private static string? ProcessorName()
    {
        const string File = "/proc/cpuinfo";
        if (OperatingSystem.IsWindows())
        {
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        }

        return System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[^1].Trim()
            : null;
    }
}
