namespace Native.Kernels.Driver;

/// <summary>Main memory that is never moved or swapped out, so that the device can copy from and to it while the program goes on.</summary>
public sealed unsafe class CudaPinnedMemory : CudaHandle
{
    /// <summary>Takes pinned memory.</summary>
    /// <param name="context">The device that copies.</param>
    /// <param name="bytes">The size, at least 1.</param>
    public CudaPinnedMemory(CudaContext context, long bytes)
        : base(context, "pinned memory", Take(context, bytes), "pinned")
    {
        Bytes = bytes;
    }

    /// <summary>The size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>The first bytes of it. Valid until Dispose.</summary>
    /// <param name="bytes">How many.</param>
    public Span<byte> Span(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Bytes);
        return new Span<byte>((void*)Value, bytes);
    }

    private protected override CudaResult Release(nint value) => Driver.MemFreeHost(value);

    private static nint Take(CudaContext context, long bytes)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        context.MakeCurrent();
        context.Driver.Check(context.Driver.MemHostAlloc(out nint pointer, (nuint)bytes, 0), "cuMemHostAlloc", $"{bytes} bytes");
        return pointer;
    }
}
