using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Native.Kernels.Emulation;

/// <summary>Compiles a .cu file for the emulator, with the host's C++ compiler and the headers that lie beside the program.</summary>
/// <remarks>
/// <para>What was compiled is kept and found again as long as nothing changes that the compiler sees: the source with all it
/// includes, the options, the compiler, the emulator.</para>
/// <para>The file is plain CUDA C++; it need not know of the emulator. <c>engine_cuda.h</c> is included for it, every
/// <c>extern "C" __global__ void</c> function is registered, and <c>extern __shared__</c> arrays become what the
/// emulator calls dynamic shared memory.</para>
/// </remarks>
public static partial class KernelCompiler
{
    private const string Version = "1";

    // Those of build/Emulator.cmake.
    private static readonly string[] CommonOptions =
        ["-x", "c++", "-std=c++17", "-fPIC", "-ffp-contract=off", "-fvisibility=hidden", "-Wall", "-Wno-unknown-pragmas", "-Wno-unused-function",
        .. OperatingSystem.IsMacOS() ? Array.Empty<string>() : ["-fstack-clash-protection"]];

    private static readonly string[] PlainOptions = ["-O2", "-g1"];

    private static readonly string[] CheckedOptions =
        ["-O1", "-g", "-DEMU_CHECKED", "-fsanitize=thread,bounds,alignment,integer-divide-by-zero"];

    /// <summary>Compiles a file, unless that was done before.</summary>
    /// <param name="sourceFile">The .cu file.</param>
    /// <param name="isChecked">For the emulator that watches every memory access.</param>
    /// <param name="cacheFolder">Where to keep what was compiled; "engine/kernels" in the user's cache folder where not given.</param>
    /// <returns>The path of a shared library: the image of a module for the emulated driver.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="EmulatorMissingException">The emulator was not built.</exception>
    /// <exception cref="CompilerMissingException">There is no C++ compiler.</exception>
    /// <exception cref="KernelCompilationException">The file is no correct CUDA C++.</exception>
    public static string Compile(string sourceFile, bool isChecked, string? cacheFolder = null)
    {
        string path = Path.GetFullPath(sourceFile);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file {path} to compile.", path);
        }

        string compiler = FindCompiler() ?? throw new CompilerMissingException();
        string emulator = EmulatorFiles.Find(EmulatorFiles.Emulator(isChecked));
        string version = Run(compiler, ["--version"], path).Output;
        List<string> options = [.. CommonOptions, .. isChecked ? CheckedOptions : PlainOptions];
        if (!version.Contains("clang", StringComparison.OrdinalIgnoreCase))
        {
            options.Add("-fno-gnu-unique");
        }

        options.AddRange(["-iquote", Path.GetDirectoryName(path)!, "-I", Path.Combine(AppContext.BaseDirectory, "kernels"), "-include", "engine_cuda.h"]);
        string folder = Path.GetFullPath(cacheFolder ?? UserCacheFolder);
        string work = Directory.CreateDirectory(Path.Combine(folder, $"building-{Guid.NewGuid():N}")).FullName;
        try
        {
            string prepared = Path.Combine(work, "kernel.cu");
            File.WriteAllText(prepared, Prepare(File.ReadAllText(path), path));
            string seen = Require(Run(compiler, [.. options, "-E", prepared], path), path, work).Replace(work, "", StringComparison.Ordinal);
            string library = Path.Combine(folder, FileName(path, [Version, version, emulator, .. options, seen]));
            if (!File.Exists(library))
            {
                Build(compiler, options, prepared, emulator, path, library);
            }

            return library;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>The C++ compiler that is used: what CXX names, else g++, clang++ or c++. Null where there is none.</summary>
    public static string? FindCompiler()
    {
        string? chosen = Environment.GetEnvironmentVariable("CXX");
        string[] names = string.IsNullOrEmpty(chosen) ? ["g++", "clang++", "c++"] : [chosen];
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    /// <summary>The source as the emulator's compiler wants it, every line in its place.</summary>
    internal static string Prepare(string source, string path)
    {
        string code = Comments().Replace(source, comment => new string([.. comment.Value.Select(c => c == '\n' ? '\n' : ' ')]));
        HashSet<string> exported = [.. Exports().Matches(code).Select(match => match.Groups["name"].Value)];
        IEnumerable<string> missing = Kernels().Matches(code).Select(match => match.Groups["name"].Value).Where(exported.Add);
        string adapted = ToolkitIncludes().Replace(source, "");
        adapted = ExternShared().Replace(adapted, "DYNAMIC_SHARED(${type}, ${name})");
        StringBuilder text = new();
        text.Append("#line 1 \"").Append(path.Replace("\\", "\\\\").Replace("\"", "\\\"")).Append("\"\n").Append(adapted).Append('\n');
        foreach (string name in missing)
        {
            text.Append("EXPORT_KERNEL(").Append(name).Append(")\n");
        }

        return text.ToString();
    }

    /// <summary>Where compiled kernels are kept unless a folder is named: "engine/kernels" in the user's cache folder.</summary>
    public static string UserCacheFolder
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Combine(
                string.IsNullOrEmpty(cache) || !Path.IsPathFullyQualified(cache)
                    ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache")
                    : cache,
                "engine",
                "kernels");
        }
    }

    private static void Build(string compiler, List<string> options, string prepared, string emulator, string path, string library)
    {
        string work = Path.GetDirectoryName(prepared)!;
        string compiled = Path.Combine(work, "kernel.o"), linked = Path.Combine(work, "kernel.so");
        Require(Run(compiler, [.. options, "-c", prepared, "-o", compiled], path), path, work);

        // Linked without the sanitizers' options: their functions are in the emulator.
        string[] link = ["-shared", compiled, emulator, $"-Wl,-rpath,{Path.GetDirectoryName(emulator)}", "-o", linked];
        Require(Run(compiler, link, path), path, work);
        File.Move(linked, library, overwrite: true);
    }

    private static string FileName(string path, string[] parts)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts)));
        return $"{Path.GetFileNameWithoutExtension(path)}-{Convert.ToHexStringLower(hash)[..32]}.so";
    }

    private static string Require((int ExitCode, string Output, string Log) run, string path, string work) => run.ExitCode == 0
        ? run.Output
        : throw new KernelCompilationException(path, run.Log.Replace(work + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));

    private static (int ExitCode, string Output, string Log) Run(string compiler, IEnumerable<string> arguments, string path)
    {
        ProcessStartInfo start = new(compiler, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(path),
        };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        Task<string> log = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, log.Result);
    }

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"EXPORT_KERNEL\s*\(\s*(?<name>\w+)\s*\)")]
    private static partial Regex Exports();

    [GeneratedRegex(@"extern\s+""C""\s+__global__\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?void\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?(?<name>\w+)\s*\(")]
    private static partial Regex Kernels();

    [GeneratedRegex(@"extern\s+__shared__\s+(?:__align__\s*\([^)]*\)\s*)?(?<type>\w[\w ]*?)\s+(?<name>\w+)\s*\[\s*\]")]
    private static partial Regex ExternShared();

    [GeneratedRegex(@"^[ \t]*#[ \t]*include[ \t]*[<""](?:cuda_runtime|cuda_runtime_api|cuda|device_launch_parameters|math_constants)\.h[>""]", RegexOptions.Multiline)]
    private static partial Regex ToolkitIncludes();
}
