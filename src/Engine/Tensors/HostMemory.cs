using System.Runtime.CompilerServices;

namespace Engine.Tensors;

/// <summary>Main memory: arrays that the garbage collector owns and never moves, and files that are mapped.</summary>
/// <remarks>
/// Pinned arrays give kernels stable addresses while nothing native is left to finalizers: a tensor nobody refers to
/// is collected like any object. A <see cref="MappedFile"/>, which only weights come from, stays until the process ends.
/// </remarks>
internal sealed unsafe class HostMemory : DeviceMemory
{
    /// <summary>A cache line, and the widest vector register.</summary>
    public const int Alignment = 64;

    protected override MemoryBlock AllocateBlock(long bytes)
    {
        if (bytes > System.Array.MaxLength - Alignment)
        {
            throw new InsufficientMemoryException(
                $"One tensor can hold {System.Array.MaxLength - Alignment} bytes, asked for {bytes}. Use a smaller batch.");
        }

        byte[] array = GC.AllocateUninitializedArray<byte>((int)bytes + Alignment, pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref array[0]);
        int offset = (int)(-(nint)address & (Alignment - 1));
        return new MemoryBlock(array, offset, bytes);
    }

    protected internal override void CopyIn(ReadOnlySpan<byte> source, in MemoryBlock destination) => source.CopyTo(SpanOf(destination));

    protected internal override void CopyOut(in MemoryBlock source, Span<byte> destination) => SpanOf(source).CopyTo(destination);

    protected internal override void Copy(in MemoryBlock source, in MemoryBlock destination) => SpanOf(source).CopyTo(SpanOf(destination));

    protected internal override void Clear(in MemoryBlock destination) => SpanOf(destination).Clear();

    private static Span<byte> SpanOf(in MemoryBlock block) => block.Array is { } array
        ? array.AsSpan((int)block.Offset, (int)block.Bytes)
        : new Span<byte>((void*)block.Offset, (int)block.Bytes);
}
