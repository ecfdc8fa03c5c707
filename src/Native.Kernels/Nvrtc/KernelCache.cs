using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Native.Kernels.Driver;

namespace Native.Kernels.Nvrtc;

/// <summary>Compiled kernels on disk, so that each is compiled once per machine and version.</summary>
/// <remarks>
/// A file is named by the SHA-256 of all that the result depends on: source, headers, options, device, compiler. It holds
/// its own length and the hash of its contents; a file that is cut or damaged is noticed and made again. It is written under
/// a temporary name and renamed, so that of two programs that compile the same at once neither reads half a file.
/// </remarks>
/// <param name="folder">Where; made where it is missing.</param>
public sealed class KernelCache(string folder)
{
    /// <summary>The folder used where none is named: below the user's cache folder (XDG_CACHE_HOME, ~/.cache, LocalAppData).</summary>
    public static string DefaultFolder
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            string root = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : string.IsNullOrEmpty(cache) ? Path.Combine(home, ".cache") : cache;
            return Path.Combine(root, "engine", "kernels");
        }
    }

    /// <summary>The cache in <see cref="DefaultFolder"/>.</summary>
    public static KernelCache Default => new(DefaultFolder);

    /// <summary>Where the files lie.</summary>
    public string Folder { get; } = folder;

    /// <summary>The compiled kernels of a source for a device.</summary>
    /// <param name="source">What to compile.</param>
    /// <param name="context">The device.</param>
    /// <exception cref="NvrtcException">The source has mistakes.</exception>
    public KernelImage GetOrCompile(KernelSource source, CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (int major, int minor) = context.ComputeCapability;
        return GetOrCompile(source, (10 * major) + minor);
    }

    /// <summary>The compiled kernels of a source, from disk or, the first time, from the compiler.</summary>
    /// <param name="source">What to compile.</param>
    /// <param name="capability">The device's compute capability: 90 for 9.0.</param>
    /// <exception cref="NvrtcException">The source has mistakes.</exception>
    public KernelImage GetOrCompile(KernelSource source, int capability)
    {
        ArgumentNullException.ThrowIfNull(source);
        string path = Path.Combine(Folder, $"{Key(source, capability, NvrtcCompiler.Version)}.kernels");
        if (KernelCacheFile.TryRead(path) is { } cached)
        {
            return cached;
        }

        KernelImage image = NvrtcCompiler.Compile(source, capability);
        Directory.CreateDirectory(Folder);
        KernelCacheFile.Write(path, image);
        return image;
    }

    /// <summary>The hash of all that a result depends on, in hexadecimal.</summary>
    internal static string Key(KernelSource source, int capability, Version compiler)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, string.Create(CultureInfo.InvariantCulture, $"{compiler} {capability} {source.Options.Count} {source.Headers.Count}"));
        Append(hash, source.Name);
        Append(hash, source.Text);
        foreach (string option in source.Options)
        {
            Append(hash, option);
        }

        foreach ((string name, string text) in source.Headers.OrderBy(header => header.Key, StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // With its length before it, no text can pass for the end of one and the beginning of the next.
    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
