namespace Native.Kernels.Emulation;

/// <summary>Where the emulator's files lie: beside the program, or in the folders of ENGINE_NATIVE_PATH.</summary>
public static class EmulatorFiles
{
    /// <summary>The environment variable that names folders to look in first.</summary>
    public const string PathVariable = "ENGINE_NATIVE_PATH";

    /// <summary>The file name of the emulator.</summary>
    /// <param name="isChecked">The one that watches every memory access.</param>
    public static string Emulator(bool isChecked) => Name(isChecked ? "engine_emulator_checked" : "engine_emulator");

    /// <summary>The file name of the engine's own kernels, built for the emulator.</summary>
    /// <param name="isChecked">For the emulator that watches every memory access.</param>
    public static string Kernels(bool isChecked) => Name(isChecked ? "engine_kernels_checked" : "engine_kernels");

    /// <summary>The path of a file.</summary>
    /// <exception cref="EmulatorMissingException">It is not there.</exception>
    public static string Find(string fileName) => TryFind(fileName) ?? throw new EmulatorMissingException(fileName);

    /// <summary>The path of a file, or null.</summary>
    public static string? TryFind(string fileName)
    {
        foreach (string folder in Folders)
        {
            string path = Path.Combine(folder, fileName);
            if (File.Exists(path))
            {
                return Path.GetFullPath(path);
            }
        }

        return null;
    }

    private static IEnumerable<string> Folders =>
    [
        .. (Environment.GetEnvironmentVariable(PathVariable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        AppContext.BaseDirectory,
    ];

    private static string Name(string library) => OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}
