using System.Runtime.CompilerServices;

namespace Native.Kernels.Driver;

/// <summary>An argument of a kernel: a number, a device address, or a structure passed by value.</summary>
public readonly unsafe struct KernelArgument
{
    private readonly ulong bits;
    private readonly void* structure;

    private KernelArgument(ulong bits, void* structure, int size)
    {
        this.bits = bits;
        this.structure = structure;
        Size = size;
    }

    /// <summary>The size in bytes.</summary>
    public int Size { get; }

    /// <summary>A number of up to 8 bytes.</summary>
    public static KernelArgument From<T>(T value)
        where T : unmanaged
    {
        if (sizeof(T) > sizeof(ulong))
        {
            throw new ArgumentException($"{typeof(T).Name} has {sizeof(T)} bytes; pass structures with {nameof(Structure)}.");
        }

        ulong bits = 0;
        Unsafe.WriteUnaligned(&bits, value);
        return new KernelArgument(bits, null, sizeof(T));
    }

    /// <summary>A structure, which is passed by value and has to stay in its place until the launch.</summary>
    public static KernelArgument Structure<T>(T* value)
        where T : unmanaged => new(0, value, sizeof(T));

    /// <summary>A 32-bit number.</summary>
    public static implicit operator KernelArgument(int value) => From(value);

    /// <summary>A 32-bit number.</summary>
    public static implicit operator KernelArgument(uint value) => From(value);

    /// <summary>A 64-bit number.</summary>
    public static implicit operator KernelArgument(long value) => From(value);

    /// <summary>A 64-bit number.</summary>
    public static implicit operator KernelArgument(ulong value) => From(value);

    /// <summary>A single.</summary>
    public static implicit operator KernelArgument(float value) => From(value);

    /// <summary>A double.</summary>
    public static implicit operator KernelArgument(double value) => From(value);

    /// <summary>A device address.</summary>
    public static implicit operator KernelArgument(nint address) => From(address);

    /// <summary>The address of elements in device memory.</summary>
    public static implicit operator KernelArgument(CudaDeviceVariable<float> variable) => variable.Address;

    /// <summary>The address of elements in device memory.</summary>
    public static implicit operator KernelArgument(CudaDeviceVariable<double> variable) => variable.Address;

    /// <summary>The address of elements in device memory.</summary>
    public static implicit operator KernelArgument(CudaDeviceVariable<int> variable) => variable.Address;

    // Where the value lies, for an argument that is not moved.
    internal static void* AddressOf(KernelArgument* argument) => argument->structure != null ? argument->structure : &argument->bits;
}
