namespace Engine.Tensors;

/// <summary>
/// The memory of a device: hands out blocks, one at a time or, inside a step, from an arena.
/// </summary>
/// <remarks>
/// Main memory is built in. A device with memory of its own registers itself when its back end is first used, so that
/// this room needs to know nothing of the rooms above.
/// </remarks>
public abstract class DeviceMemory
{
    private static readonly Dictionary<Device, DeviceMemory> Registered = new() { [Device.Cpu] = new HostMemory() };

    [ThreadStatic]
    private static Dictionary<DeviceMemory, StepArena>? arenas;

    private long allocatedBytes;

    /// <summary>Bytes this memory has handed out since the program began, arenas' blocks included; never falls.</summary>
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

    /// <summary>The memory of a device.</summary>
    /// <exception cref="NotSupportedException">No such device is there.</exception>
    public static DeviceMemory Of(Device device)
    {
        lock (Registered)
        {
            return Registered.TryGetValue(device, out DeviceMemory? memory)
                ? memory
                : throw new NotSupportedException($"There is no device '{device}' here. Use '{Device.Cpu}'.");
        }
    }

    /// <summary>Makes a device's memory known.</summary>
    public static void Register(Device device, DeviceMemory memory)
    {
        lock (Registered)
        {
            Registered[device] = memory;
        }
    }

    /// <summary>A fresh block, aligned to 64 bytes, its contents undefined.</summary>
    /// <param name="bytes">The size, at least 1.</param>
    protected abstract MemoryBlock AllocateBlock(long bytes);

    internal MemoryBlock Allocate(long bytes)
    {
        Interlocked.Add(ref allocatedBytes, bytes);
        return AllocateBlock(bytes);
    }
}
