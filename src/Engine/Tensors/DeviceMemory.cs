using System.Collections.Concurrent;

namespace Engine.Tensors;

/// <summary>
/// The memory of a device: hands out blocks, one at a time or, inside a step, from an arena.
/// </summary>
/// <remarks>
/// Main memory is built in. A kind of device with memory of its own registers how to get at it, so that this room needs
/// to know nothing of the rooms above. Copies are queued behind the work given to the device before; those to main
/// memory wait until they are done.
/// </remarks>
public abstract class DeviceMemory
{
    private static readonly ConcurrentDictionary<DeviceKind, Func<Device, DeviceMemory>> Kinds = new();
    private static readonly ConcurrentDictionary<Device, DeviceMemory> Found = new() { [Device.Cpu] = new HostMemory() };

    [ThreadStatic]
    private static Dictionary<DeviceMemory, StepArena>? arenas;

    private long allocatedBytes;

    /// <summary>Bytes this memory has handed out since the program began, arenas' blocks and working memory included; never falls.</summary>
    public long AllocatedBytes => Interlocked.Read(ref allocatedBytes);

    // One arena per thread: two threads that train side by side never share a step.
    internal StepArena Arena
    {
        get
        {
            arenas ??= [];
            if (!arenas.TryGetValue(this, out StepArena? arena))
            {
                arenas[this] = arena = new StepArena(this);
            }

            return arena;
        }
    }

    /// <summary>The memory of a device, which is made ready for work if it is not yet.</summary>
    /// <exception cref="NotSupportedException">There is no device of that kind.</exception>
    public static DeviceMemory Of(Device device) => Found.TryGetValue(device, out DeviceMemory? memory) ? memory : Find(device);

    /// <summary>Says how to get at the memory of the devices of a kind.</summary>
    public static void Register(DeviceKind kind, Func<Device, DeviceMemory> memoryOf) => Kinds[kind] = memoryOf;

    /// <summary>A fresh block, aligned to 64 bytes, its contents undefined.</summary>
    /// <param name="bytes">The size, at least 1.</param>
    protected abstract MemoryBlock AllocateBlock(long bytes);

    /// <summary>Copies from main memory.</summary>
    protected internal abstract void CopyIn(ReadOnlySpan<byte> source, in MemoryBlock destination);

    /// <summary>Copies to main memory, and waits until it is done.</summary>
    protected internal abstract void CopyOut(in MemoryBlock source, Span<byte> destination);

    /// <summary>Copies within the device.</summary>
    protected internal abstract void Copy(in MemoryBlock source, in MemoryBlock destination);

    /// <summary>Sets every byte to 0.</summary>
    protected internal abstract void Clear(in MemoryBlock destination);

    internal MemoryBlock Allocate(long bytes)
    {
        Count(bytes);
        return AllocateBlock(bytes);
    }

    /// <summary>Counts bytes that were taken past this memory, such as a kernel's working memory.</summary>
    internal void Count(long bytes) => Interlocked.Add(ref allocatedBytes, bytes);

    private static DeviceMemory Find(Device device) => Kinds.TryGetValue(device.Kind, out Func<Device, DeviceMemory>? memoryOf)
        ? Found.GetOrAdd(device, memoryOf)
        : throw new NotSupportedException($"There is no device '{device}' here. Use '{Device.Cpu}'.");
}
