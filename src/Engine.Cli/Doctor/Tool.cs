using System.ComponentModel;
using System.Diagnostics;

namespace Engine.Cli.Doctor;

/// <summary>A program on this machine.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Version">The line in which it says its version; empty where it says none.</param>
internal sealed record Tool(string Path, string Version)
{
    private const int PatienceMilliseconds = 5000;

    /// <summary>A program by name, on the path or in one of some folders before it.</summary>
    /// <param name="name">Without ".exe".</param>
    /// <param name="isVersion">Picks the line of what <c>--version</c> prints.</param>
    /// <param name="folders">Where to look before the path.</param>
    public static Tool? Find(string name, Func<string, bool> isVersion, params ReadOnlySpan<string?> folders)
    {
        string file = OperatingSystem.IsWindows() ? $"{name}.exe" : name;
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        string? found = folders.ToArray().Concat(path.Split(System.IO.Path.PathSeparator))
            .Where(folder => !string.IsNullOrEmpty(folder))
            .Select(folder => System.IO.Path.Combine(folder!, file))
            .FirstOrDefault(File.Exists);
        return found is null ? null : At(found, isVersion);
    }

    /// <summary>A program whose place is known.</summary>
    public static Tool At(string path, Func<string, bool> isVersion) =>
        new(path, Ask(path).Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(isVersion) ?? "");

    private static string Ask(string path)
    {
        try
        {
            ProcessStartInfo start = new(path, "--version") { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["LC_ALL"] = "C";
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(PatienceMilliseconds))
            {
                process.Kill();
            }

            return output.GetAwaiter().GetResult();
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException)
        {
            // It is there and cannot be run; then it has no version to show.
            return "";
        }
    }
}
