using System.Collections.Concurrent;
using System.Text;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;
using Native.Kernels.Nvrtc;

namespace Native.Kernels;

/// <summary>The engine's own kernels, ready to run on one device: a module per family, loaded when it is first asked for.</summary>
/// <remarks>A family is a source file below <c>kernels/</c>: "convolution" is <c>kernels/convolution.cu</c>.</remarks>
public sealed class KernelLibrary
{
    private readonly CudaContext context;
    private readonly ConcurrentDictionary<string, CudaModule> modules = new();
    private readonly Lock loading = new();

    /// <summary>The kernels for a device.</summary>
    public KernelLibrary(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.context = context;
    }

    /// <summary>A kernel.</summary>
    /// <param name="family">The source file: "activations".</param>
    /// <param name="name">The kernel: "relu_forward_f32".</param>
    /// <exception cref="CudaException">There is no such kernel, or it cannot be loaded.</exception>
    public CudaKernel Get(string family, string name) => ModuleOf(family).GetKernel(name);

    private CudaModule ModuleOf(string family)
    {
        if (modules.TryGetValue(family, out CudaModule? module))
        {
            return module;
        }

        lock (loading)
        {
            return modules.GetOrAdd(family, Load);
        }
    }

    private CudaModule Load(string family)
    {
        if (context.Driver is EmulatedDriver emulated)
        {
            // The emulator's library holds all families.
            return modules.GetOrAdd("", _ => Emulated(emulated.IsChecked));
        }

        // PTX that the build made with nvcc, else what NVRTC makes of the source, once per machine.
        string ptx = Path.Combine(AppContext.BaseDirectory, "ptx", family + ".ptx");
        return File.Exists(ptx)
            ? context.LoadModule([.. File.ReadAllBytes(ptx), 0], family + ".ptx")
            : Compile(Path.Combine(AppContext.BaseDirectory, "kernels", family + ".cu"));
    }

    private CudaModule Compile(string path)
    {
        KernelImage image = KernelCache.Default.GetOrCompile(KernelSource.Read(path), context);
        return context.LoadModule(image.Bytes, Path.GetFileName(path));
    }

    private CudaModule Emulated(bool isChecked)
    {
        string path = EmulatorFiles.Find(EmulatorFiles.Kernels(isChecked));
        return context.LoadModule(Encoding.UTF8.GetBytes(path), Path.GetFileName(path));
    }
}
