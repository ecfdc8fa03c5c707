using System.Numerics;
using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
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
/// The buffers are the system's memory and not arrays: one that a larger takes the place of goes back at once, where an array
/// would stay until some collection finds it, and training makes none. They go with their thread. A thread may hand a
/// pointer into its buffer to workers while it waits for them.
/// </remarks>
internal static unsafe class Scratch
{
    // The system begins large blocks at the same place of a page. Kernels read one buffer while they write another, and a
    // processor that compares only the last twelve bits of their addresses at first would take the one for the other.
    private const int Stagger = 7 * HostMemory.Alignment;

    [ThreadStatic]
    private static Buffer[]? buffers;

    /// <summary>Room for so many numbers, aligned to 64 bytes, contents undefined; valid until the thread asks for the same use again.</summary>
    public static T* Get<T>(ScratchUse use, long count)
        where T : unmanaged
    {
        buffers ??= [.. Enum.GetValues<ScratchUse>().Select(use => new Buffer((int)use * Stagger))];
        return (T*)buffers[(int)use].AtLeast(count * sizeof(T));
    }

    /// <summary>A buffer, which its thread alone holds: nobody has its address when it is finalized.</summary>
    private sealed class Buffer(int offset) : CriticalFinalizerObject
    {
        private byte* start;
        private long bytes;

        ~Buffer() => NativeMemory.AlignedFree(start);

        public byte* AtLeast(long wanted)
        {
            if (bytes < wanted)
            {
                // Let go of the old one first: two need not be alive at once. Of the system's memory there may be none left.
                NativeMemory.AlignedFree(start);
                start = null;
                bytes = 0;

                // More than is wanted, so that it grows seldom: what is never touched takes no memory.
                long larger = (long)BitOperations.RoundUpToPowerOf2((ulong)wanted);
                start = (byte*)NativeMemory.AlignedAlloc((nuint)(larger + offset), HostMemory.Alignment);
                bytes = larger;
                DeviceMemory.Of(Device.Cpu).Count(larger);
            }

            return start + offset;
        }
    }
}
