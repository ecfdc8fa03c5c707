using System.Runtime.CompilerServices;

namespace Native.Kernels.Driver;

/// <summary>Elements in device memory. Copies wait until they are done.</summary>
/// <typeparam name="T">The type of an element.</typeparam>
public sealed unsafe class CudaDeviceVariable<T> : IDisposable
    where T : unmanaged
{
    private readonly CudaMemoryHandle memory;

    internal CudaDeviceVariable(CudaContext context, long count, string label)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        memory = new CudaMemoryHandle(context, checked(count * sizeof(T)), label);
        Count = count;
    }

    /// <summary>The number of elements.</summary>
    public long Count { get; }

    /// <summary>The device's address of the first one.</summary>
    public nint Address => memory.Value;

    /// <summary>Copies values into the beginning of the memory.</summary>
    /// <exception cref="ArgumentException">There are more values than elements.</exception>
    public void CopyFrom(ReadOnlySpan<T> values)
    {
        Require(values.Length);
        CudaContext context = memory.Context;
        context.MakeCurrent();
        fixed (T* source = values)
        {
            context.Check(context.Driver.MemcpyHtoDAsync(Address, source, (nuint)values.Length * (nuint)sizeof(T), 0), "cuMemcpyHtoD");
            context.Check(context.Driver.StreamSynchronize(0), "cuStreamSynchronize");
        }
    }

    /// <summary>Copies elements from the beginning of the memory.</summary>
    /// <exception cref="ArgumentException">More are asked for than there are.</exception>
    public void CopyTo(Span<T> values)
    {
        Require(values.Length);
        CudaContext context = memory.Context;
        context.MakeCurrent();
        fixed (T* destination = values)
        {
            context.Check(context.Driver.MemcpyDtoHAsync(destination, Address, (nuint)values.Length * (nuint)sizeof(T), 0), "cuMemcpyDtoH");
            context.Check(context.Driver.StreamSynchronize(0), "cuStreamSynchronize");
        }
    }

    /// <summary>All elements.</summary>
    public T[] ToArray()
    {
        T[] values = new T[Count];
        CopyTo(values);
        return values;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => memory.Dispose();

    private void Require(int length, [CallerMemberName] string operation = "")
    {
        if (length > Count)
        {
            throw new ArgumentException($"{operation}: {length} elements do not fit into device memory of {Count}.");
        }
    }
}
