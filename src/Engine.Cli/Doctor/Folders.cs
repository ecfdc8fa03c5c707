using Engine.Cli.Rendering;
using Engine.Data;
using Native.Kernels.Emulation;
using Native.Kernels.Nvrtc;

namespace Engine.Cli.Doctor;

/// <summary>Folders: data sets, downloads, compiled kernels.</summary>
/// <param name="Data">What ENGINE_DATA says; null where it is not set.</param>
/// <param name="Mnist">Where the real digits are; null where they are not.</param>
/// <param name="Cache">The folder of downloads.</param>
/// <param name="Kernels">The folders of compiled kernels.</param>
internal sealed record Folders(string? Data, string? Mnist, string Cache, IReadOnlyList<string> Kernels)
{
    /// <summary>Looks, and downloads nothing.</summary>
    public static Folders Look()
    {
        DataLocator locator = new(new DataOptions { AllowDownload = false });
        string? mnist = null;
        try
        {
            mnist = locator.LocateAsync(DataFileSet.Mnist).GetAwaiter().GetResult().Description;
        }
        catch (DataNotFoundException)
        {
            // It stays null.
        }

        string? data = Environment.GetEnvironmentVariable(DataLocator.EnvironmentVariable);
        return new Folders(
            string.IsNullOrEmpty(data) ? null : data,
            mnist,
            locator.CacheFolder,
            [.. ((string[])[KernelCache.DefaultFolder, KernelCompiler.UserCacheFolder]).Distinct()]);
    }

    /// <summary>The lines of the page.</summary>
    public Section Describe() => new(
        "Folders",
        [
            Data is null ? new(DataLocator.EnvironmentVariable, "not set")
                : new(DataLocator.EnvironmentVariable, Directory.Exists(Data) ? Data : $"{Data}, which is not there", Directory.Exists(Data)),
            new("mnist", Mnist is null ? "not here; until it is, generated digits stand in for it" : $"in {Mnist}", Mnist is not null),
            new("cache", $"{Cache}{Contents(Cache)}"),
            .. Kernels.Select(folder => new Finding("compiled", $"{folder}{Contents(folder)}; kernels, may be deleted at any time")),
        ]);

    /// <summary>What is missing, for what.</summary>
    public IEnumerable<Advice> Advise()
    {
        if (Mnist is null)
        {
            yield return new Advice("To train on real handwritten digits", "run `engine data get mnist`, or name the folder that has them in ENGINE_DATA");
        }
    }

    private static string Contents(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return ", not made yet";
        }

        FileInfo[] files = new DirectoryInfo(folder).GetFiles("*", new EnumerationOptions { RecurseSubdirectories = true });
        return files.Length == 0 ? ", empty" : $", {Numbers.Count(files.Length, "file")}, {Numbers.Bytes(files.Sum(f => f.Length))}";
    }
}
