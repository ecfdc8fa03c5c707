using System.Text;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;
using Native.Kernels.Libraries;
using Native.Kernels.Nvrtc;

namespace Native.Kernels;

/// <summary>A .cu file of one's own, compiled when it is needed: by NVRTC for a GPU, by the host's C++ compiler for the emulator.</summary>
/// <remarks>
/// The file is plain CUDA C++. It may include headers that lie beside it, and use what <c>engine_cuda.h</c> declares, which
/// is included for it; <c>cuda_runtime.h</c> and its like may be included and are not needed. Either compiler keeps what it
/// made and is asked again only when the source has changed.
/// </remarks>
public static class KernelFile
{
    private const string FirstHeader = "engine_cuda.h";

    // Headers of the toolkit: NVRTC knows their contents by itself.
    private static readonly string[] ToolkitHeaders = ["cuda_runtime.h", "cuda_runtime_api.h", "cuda.h", "device_launch_parameters.h"];

    /// <summary>Compiles a file for a device and loads it.</summary>
    /// <param name="context">The device, real or emulated.</param>
    /// <param name="path">The .cu file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="KernelCompilationException">The host's compiler found a mistake in it.</exception>
    /// <exception cref="NvrtcException">NVRTC found a mistake in it.</exception>
    /// <exception cref="CompilerMissingException">There is no C++ compiler for the emulator.</exception>
    /// <exception cref="EmulatorMissingException">The emulator was not built.</exception>
    /// <exception cref="NativeLibraryException">NVRTC is not there.</exception>
    public static CudaModule Load(CudaContext context, string path)
    {
        ArgumentNullException.ThrowIfNull(context);
        string file = Path.GetFullPath(path);
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no file {file} to compile.", file);
        }

        return context.LoadModule(Compile(context, file), Path.GetFileName(file));
    }

    private static byte[] Compile(CudaContext context, string file)
    {
        if (context.Driver is EmulatedDriver emulated)
        {
            return Encoding.UTF8.GetBytes(KernelCompiler.Compile(file, emulated.IsChecked));
        }

        KernelSource own = KernelSource.Read(file);
        KernelSource source = own with { Text = $"#include \"{FirstHeader}\"\n#line 1 \"{own.Name}\"\n{own.Text}", Headers = WithEngineHeaders(own.Headers) };
        return KernelCache.Default.GetOrCompile(source, context).Bytes;
    }

    // The file's own headers come before the engine's of the same name.
    private static Dictionary<string, string> WithEngineHeaders(IReadOnlyDictionary<string, string> own)
    {
        Dictionary<string, string> headers = ToolkitHeaders.ToDictionary(name => name, _ => "");
        foreach (string path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "kernels"), "*.h"))
        {
            headers[Path.GetFileName(path)] = File.ReadAllText(path);
        }

        foreach ((string name, string text) in own)
        {
            headers[name] = text;
        }

        return headers;
    }
}
