namespace Native.Kernels.Driver;

/// <summary>A function that runs on the device, once for every thread of a grid of blocks.</summary>
public sealed unsafe class CudaKernel
{
    private readonly nint function;
    private readonly int[]? sizes;

    internal CudaKernel(CudaModule module, nint function, string name)
    {
        Module = module;
        Name = name;
        this.function = function;
        sizes = ReadSizes(module.Context.Driver, function);
    }

    /// <summary>The module it is in.</summary>
    public CudaModule Module { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The sizes of its parameters in bytes; null where the driver cannot tell (before 12.4).</summary>
    public IReadOnlyList<int>? ParameterSizes => sizes;

    /// <summary>The driver's number for it.</summary>
    internal nint Function => function;

    /// <summary>Runs the kernel. The call returns when it is queued on the stream; mistakes inside it come to light later.</summary>
    /// <param name="stream">Where to queue it.</param>
    /// <param name="grid">Blocks; along y and z at most 65,535.</param>
    /// <param name="block">Threads of a block, at most 1,024 in all.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a block.</param>
    /// <param name="arguments">In the kernel's order.</param>
    /// <exception cref="ArgumentException">Number or size of the arguments is not the kernel's.</exception>
    /// <exception cref="CudaException">The launch is refused, or a kernel before it failed.</exception>
    public void Launch(CudaStream stream, Dim3 grid, Dim3 block, int sharedBytes, params ReadOnlySpan<KernelArgument> arguments)
    {
        ArgumentNullException.ThrowIfNull(stream);
        RequireSizes(arguments);
        CudaContext context = Module.Context;
        context.MakeCurrent();
        void** parameters = stackalloc void*[arguments.Length + 1];
        fixed (KernelArgument* first = arguments)
        {
            for (int i = 0; i < arguments.Length; i++)
            {
                parameters[i] = KernelArgument.AddressOf(first + i);
            }

            Launch(stream, grid, block, sharedBytes, parameters);
        }
    }

    /// <summary>Runs the kernel with arguments that were kept.</summary>
    internal void Launch(CudaStream stream, in Dim3 grid, in Dim3 block, int sharedBytes, PackedArguments arguments)
    {
        Module.Context.MakeCurrent();
        void** parameters = stackalloc void*[arguments.Count + 1];
        arguments.AddressesTo(parameters);
        Launch(stream, grid, block, sharedBytes, parameters);
    }

    /// <summary>Asks for more dynamic shared memory per block than the 48 KB that every kernel may have.</summary>
    /// <exception cref="CudaException">The device has not so much.</exception>
    public void AllowSharedMemory(int bytes)
    {
        CudaContext context = Module.Context;
        context.MakeCurrent();
        context.Driver.Check(
            context.Driver.FuncSetAttribute(function, CudaFunctionAttribute.MaxDynamicSharedSizeBytes, bytes),
            "cuFuncSetAttribute",
            $"{Name}, {bytes} bytes of shared memory");
    }

    /// <summary>A property of the kernel.</summary>
    public int Attribute(CudaFunctionAttribute attribute)
    {
        CudaContext context = Module.Context;
        context.MakeCurrent();
        context.Driver.Check(context.Driver.FuncGetAttribute(out int value, attribute, function), "cuFuncGetAttribute", $"{Name}, {attribute}");
        return value;
    }

    private void Launch(CudaStream stream, in Dim3 grid, in Dim3 block, int sharedBytes, void** parameters)
    {
        CudaContext context = Module.Context;
        CudaResult result = context.Driver.LaunchKernel(function, grid, block, (uint)sharedBytes, stream.Value, parameters);
        if (result != CudaResult.Success)
        {
            context.IsLost |= CudaException.IsLost(result) && !context.Driver.IsEmulated;
            throw new CudaException(context.Driver, result, "cuLaunchKernel", $"{Name}, grid {grid}, block {block}, {sharedBytes} bytes shared");
        }
    }

    private void RequireSizes(ReadOnlySpan<KernelArgument> arguments)
    {
        if (sizes is null)
        {
            return;
        }

        if (arguments.Length != sizes.Length)
        {
            throw new ArgumentException($"Kernel {Name} takes {sizes.Length} arguments ({string.Join(", ", sizes)} bytes), given {arguments.Length}.");
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            if (arguments[i].Size != sizes[i])
            {
                throw new ArgumentException(
                    $"Kernel {Name}: argument {i + 1} of {sizes.Length} has {sizes[i]} bytes in the kernel, given {arguments[i].Size}. "
                    + "int and float are 4 bytes, double, size_t and pointers 8.");
            }
        }
    }

    private static int[]? ReadSizes(ICudaDriver driver, nint function)
    {
        List<int> sizes = [];
        while (true)
        {
            switch (driver.FuncGetParamInfo(function, (nuint)sizes.Count, out _, out nuint size))
            {
                case CudaResult.Success:
                    sizes.Add((int)size);
                    break;
                case CudaResult.InvalidValue:
                    return [.. sizes];
                default:
                    return null;
            }
        }
    }
}
