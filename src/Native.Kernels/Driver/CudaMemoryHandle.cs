namespace Native.Kernels.Driver;

/// <summary>A stretch of device memory.</summary>
public sealed class CudaMemoryHandle : CudaHandle
{
    /// <summary>Takes memory from the device; its contents are undefined.</summary>
    /// <param name="context">The device.</param>
    /// <param name="bytes">The size, at least 1.</param>
    /// <param name="label">Names it in messages.</param>
    /// <exception cref="CudaException">There is not so much free.</exception>
    public CudaMemoryHandle(CudaContext context, long bytes, string label)
        : base(context, "memory", Take(context, bytes, label), label, bytes)
    {
        Bytes = bytes;
    }

    /// <summary>The size in bytes.</summary>
    public long Bytes { get; }

    private protected override CudaResult Release(nint value) => Driver.MemFree(value);

    private static nint Take(CudaContext context, long bytes, string label)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        context.MakeCurrent();
        CudaResult result = context.Driver.MemAlloc(out nint pointer, (nuint)bytes, label);
        context.Driver.Check(result, "cuMemAlloc", $"{bytes} bytes for '{label}', {context.Ledger.Bytes} bytes taken before");
        return pointer;
    }
}
