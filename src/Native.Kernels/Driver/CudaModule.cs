namespace Native.Kernels.Driver;

/// <summary>A loaded piece of device code, with kernels to be found by name.</summary>
public sealed class CudaModule : CudaHandle
{
    /// <summary>Loads a module.</summary>
    /// <param name="context">The device.</param>
    /// <param name="image">PTX text or a cubin; for the emulator the path of a shared library.</param>
    /// <param name="label">What to call it in messages.</param>
    /// <exception cref="CudaException">It does not fit the device, or does not compile; the compiler's log is in the message.</exception>
    public CudaModule(CudaContext context, ReadOnlySpan<byte> image, string label)
        : base(context, "module", Load(context, image, label), label)
    {
        Label = label;
    }

    /// <summary>What it is called in messages.</summary>
    public string Label { get; }

    /// <summary>A kernel of the module, which must stay loaded while it is used.</summary>
    /// <param name="name">Its name: that of an <c>extern "C" __global__</c> function.</param>
    /// <exception cref="CudaException">The module has none of that name.</exception>
    public CudaKernel GetKernel(string name)
    {
        Context.MakeCurrent();
        Driver.Check(
            Driver.ModuleGetFunction(out nint function, Value, name),
            "cuModuleGetFunction",
            $"'{name}' in {Label}; a kernel to be found is declared extern \"C\" __global__");
        return new CudaKernel(this, function, name);
    }

    private protected override CudaResult Release(nint value) => Driver.ModuleUnload(value);

    private static nint Load(CudaContext context, ReadOnlySpan<byte> image, string label)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.MakeCurrent();
        CudaResult result = context.Driver.ModuleLoadData(out nint module, image, out string log);
        context.Driver.Check(result, "cuModuleLoadDataEx", $"{label}{(log.Length > 0 ? $": {log}" : "")}");
        return module;
    }
}
