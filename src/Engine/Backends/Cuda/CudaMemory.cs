using System.Collections.Concurrent;
using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>The memory of a CUDA device, in blocks that are kept and used again rather than given back.</summary>
/// <remarks>
/// Taking memory from the driver stops the device, so a block whose tensor was collected waits here for the next tensor
/// of its size. All work is in one stream, so what still reads the old contents is done before the new owner writes.
/// </remarks>
internal sealed class CudaMemory(CudaDevice device) : DeviceMemory
{
    private const long Granularity = 512;

    // Every block, so that the collector, which may find a block's last owner gone, never takes the block with it.
    private readonly ConcurrentDictionary<CudaMemoryHandle, bool> all = new();
    // Stacks, not bags: a bag has a finalizer of its own, which may run before that of a block's last owner.
    private readonly ConcurrentDictionary<long, ConcurrentStack<CudaMemoryHandle>> free = new();

    /// <summary>Gives the blocks that nobody uses back to the driver.</summary>
    public void Trim()
    {
        foreach (ConcurrentStack<CudaMemoryHandle> blocks in free.Values)
        {
            while (blocks.TryPop(out CudaMemoryHandle? block))
            {
                all.TryRemove(block, out _);
                block.Dispose();
            }
        }
    }

    protected override MemoryBlock AllocateBlock(long bytes)
    {
        long size = Math.Max(Granularity, (bytes + Granularity - 1) / Granularity * Granularity);
        CudaMemoryHandle handle = free.TryGetValue(size, out ConcurrentStack<CudaMemoryHandle>? blocks) && blocks.TryPop(out CudaMemoryHandle? kept)
            ? kept
            : Take(size);
        return new MemoryBlock(null, handle.Value, bytes, new Owner(this, handle));
    }

    protected internal override void CopyIn(ReadOnlySpan<byte> source, in MemoryBlock destination)
    {
        device.Recorder.PassOn();
        device.Stream.CopyToDevice((nint)destination.Offset, source);
    }

    protected internal override void CopyOut(in MemoryBlock source, Span<byte> destination)
    {
        device.Recorder.PassOn();
        device.Stream.CopyToHost((nint)source.Offset, destination);
        device.Stream.Synchronize();
    }

    protected internal override void Copy(in MemoryBlock source, in MemoryBlock destination) =>
        device.Recorder.Call(new CopyCall((nint)source.Offset, (nint)destination.Offset, source.Bytes));

    protected internal override void Clear(in MemoryBlock destination) =>
        device.Recorder.Call(new FillCall((nint)destination.Offset, 0, destination.Bytes));

    private CudaMemoryHandle Take(long size)
    {
        try
        {
            return TakeFromDriver(size);
        }
        catch (CudaException exception) when (exception.Result == CudaResult.OutOfMemory)
        {
            // Tensors that nobody refers to hold memory until they are collected; and blocks of other sizes lie idle.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            device.Stream.Synchronize();
            Trim();
            return TakeFromDriver(size);
        }
    }

    private CudaMemoryHandle TakeFromDriver(long size)
    {
        CudaMemoryHandle handle = new(device.Context, size, "tensor");
        all[handle] = true;
        return handle;
    }

    // Keeps a block while a tensor refers to it, and puts it back when none does.
    private sealed class Owner(CudaMemory memory, CudaMemoryHandle handle)
    {
        ~Owner() => memory.free.GetOrAdd(handle.Bytes, _ => new()).Push(handle);
    }
}
