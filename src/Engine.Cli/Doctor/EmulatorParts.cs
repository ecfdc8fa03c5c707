using Native.Kernels.Emulation;

namespace Engine.Cli.Doctor;

/// <summary>What emulated CUDA needs: its libraries, and a compiler for kernels of one's own.</summary>
/// <param name="Plain">The folder of the fast emulator and its kernels; null where one of the two is missing.</param>
/// <param name="Checked">That of the emulator that watches every access.</param>
/// <param name="Compiler">The C++ compiler.</param>
/// <param name="CMake">CMake.</param>
/// <param name="LineFinder">addr2line, which knows the source line of an instruction.</param>
internal sealed record EmulatorParts(string? Plain, string? Checked, Tool? Compiler, Tool? CMake, Tool? LineFinder)
{
    private const string Install = "CMake and a C++ compiler (on Debian and Ubuntu: apt-get install cmake g++)";

    /// <summary>Looks for everything.</summary>
    public static EmulatorParts Look() => new(
        Folder(isChecked: false),
        Folder(isChecked: true),
        KernelCompiler.FindCompiler() is { } compiler ? Tool.At(compiler, line => line.Length > 0) : null,
        Tool.Find("cmake", line => line.StartsWith("cmake version", StringComparison.Ordinal)),
        Tool.Find("addr2line", line => line.Length > 0));

    /// <summary>The lines of the page.</summary>
    public Section Describe() => new(
        "Emulated CUDA (--device emulated, --device checked)",
        [
            Library("emulated", Plain),
            Library("checked", Checked),
            Program("compiler", Compiler, "no C++ compiler (CXX, g++, clang++, c++)"),
            Program("CMake", CMake, "not found"),
            Program("addr2line", LineFinder, "not found"),
        ]);

    /// <summary>What is missing, for what.</summary>
    public IEnumerable<Advice> Advise()
    {
        if (Plain is null || Checked is null)
        {
            bool canBuild = Compiler is not null && CMake is not null;
            yield return new Advice(
                "To run on emulated CUDA, without a GPU (--device emulated)",
                canBuild ? "build again (dotnet build); compiler and CMake are here" : $"install {Install}, and build again (dotnet build)");
        }
        else if (Compiler is null)
        {
            yield return new Advice("To compile kernels of your own for the emulator (engine kernel check)", "install a C++ compiler, such as the package g++");
        }

        if (LineFinder is null && Checked is not null)
        {
            yield return new Advice("To have the emulator name the line of a mistake", "install addr2line, which is in the package binutils");
        }
    }

    private static Finding Library(string label, string? folder) =>
        folder is null ? new(label, "not built", false) : new(label, $"in {folder}");

    private static Finding Program(string label, Tool? tool, string missing) =>
        tool is null ? new(label, missing, false) : new(label, $"{tool.Version}, {tool.Path}".TrimStart(',', ' '));

    private static string? Folder(bool isChecked) =>
        EmulatorFiles.TryFind(EmulatorFiles.Kernels(isChecked)) is not null && EmulatorFiles.TryFind(EmulatorFiles.Emulator(isChecked)) is { } path
            ? Path.GetDirectoryName(path)
            : null;
}
