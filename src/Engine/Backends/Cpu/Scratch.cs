using Engine.Tensors;

namespace Engine.Backends.Cpu;

/// <summary>What a kernel needs working memory for. Each use has its own, so that one kernel may call another.</summary>
internal enum ScratchUse
{
    /// <summary>The left operand of a matrix product, packed.</summary>
    PackedA,

    /// <summary>The right operand of a matrix product, packed.</summary>
    PackedB,

    /// <summary>Convolution weights in another order.</summary>
    Weights,

    /// <summary>Where the taps of a window see a padded image.</summary>
    Offsets,

    /// <summary>Where the window begins in a padded image at each place.</summary>
    Places,

    /// <summary>The windows of an image, one per column, or the image with its padding.</summary>
    Columns,

    /// <summary>Channels of several images, side by side.</summary>
    Planes,

    /// <summary>Sums that are added up afterwards in a fixed order.</summary>
    PartialSums,

    /// <summary>Where the tensors of an operation over many are.</summary>
    Lists,
}

/// <summary>
/// Working memory that outlives the call: one buffer per thread and use, which grows to the largest size asked for and
/// then stays, so that a training step finds it warm and allocates nothing.
/// </summary>
/// <remarks>
/// The buffers are pinned arrays of the garbage collector and go with their thread. A thread may hand a pointer into its
/// buffer to workers while it waits for them.
/// </remarks>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static MemoryBlock[]? blocks;

    /// <summary>Room for so many numbers, aligned to 64 bytes, contents undefined; valid until the thread asks for the same use again.</summary>
    public static T* Get<T>(ScratchUse use, long count)
        where T : unmanaged
    {
        blocks ??= new MemoryBlock[Enum.GetValues<ScratchUse>().Length];
        ref MemoryBlock block = ref blocks[(int)use];
        long bytes = count * sizeof(T);
        if (block.Bytes < bytes)
        {
            // Let go of the old one first: two need not be alive at once.
            block = default;
            block = DeviceMemory.Of(Device.Cpu).Allocate(bytes);
        }

        fixed (byte* start = block.Array)
        {
            return (T*)(start + block.Offset);
        }
    }
}
