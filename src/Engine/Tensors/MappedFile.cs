using System.IO.MemoryMappedFiles;

namespace Engine.Tensors;

/// <summary>A file that is main memory: its pages come from the disk, or from what the system still holds of it, when they are first touched.</summary>
/// <remarks>
/// <para><b>Nothing is read twice.</b> Half a gigabyte of weights is there at once, takes no second copy beside the system's,
/// and is given up first where memory runs short, since it can be had from the file again.</para>
/// <para><b>Writing stays here.</b> The pages are private: a page that is written to is copied before, and the file keeps what
/// it has. A tensor in a mapped file may be changed like any other.</para>
/// <para><b>A mapping lasts as long as the process.</b> Kernels compute with addresses. That of an array keeps the array alive,
/// that of mapped memory keeps nothing: a mapping that went with its last tensor could go while a kernel, which has the
/// address but no longer needs the tensor, is in the middle of it. So it never goes; no finalizer runs. What that costs is
/// addresses, of which there are plenty, and the space of a file that is deleted meanwhile. It suits a command that loads a
/// network, answers and ends; who loads one file after the other reads them.</para>
/// <para><b>The file must keep its length.</b> To replace it by another of its name, as everything here does that writes files,
/// or to delete it, is harmless on Unix: the mapping is of the old file, which stays until the process ends. (On Windows the
/// system refuses both while the file is mapped.) But where another program cuts the file itself short, the pages beyond
/// its new end are gone, and touching one ends the process: the system's SIGBUS becomes .NET's AccessViolationException, which
/// nobody can catch. And where one writes into the file, pages not yet copied show it. Reading is for files in such company.</para>
/// </remarks>
internal sealed unsafe class MappedFile
{
    private readonly byte* first;
    private readonly long length;

    private MappedFile(byte* first, long length)
    {
        this.first = first;
        this.length = length;
    }

    /// <summary>Maps a file, which can be closed afterwards.</summary>
    /// <returns>The mapping; null where the file, or the file system it is on, cannot be mapped.</returns>
    public static MappedFile? Open(FileStream file)
    {
        try
        {
            using MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
                file, mapName: null, capacity: 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
            MemoryMappedViewAccessor view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);

            // A pointer that is never given back: so the view is never unmapped, not even when it is collected.
            byte* first = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);

            // Asked for afterwards: the view's own length is rounded up to whole pages on some systems, and a file that was
            // cut short before now has said so.
            return new MappedFile(first, Math.Min(file.Length, view.Capacity));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A device that has no pages; an empty file.
            return null;
        }
    }

    /// <summary>A tensor whose elements lie in the file from a byte on.</summary>
    /// <returns>The tensor; null where the file ends before it does, or where elements of its type cannot begin at such an address.</returns>
    public Tensor? At(long begin, Shape shape, DType dtype)
    {
        long bytes = (long)shape.ElementCount * dtype.Size();
        return begin >= 0 && begin <= length - bytes && begin % dtype.Size() == 0
            ? new Tensor(new MemoryBlock(null, (nint)(first + begin), bytes), shape, dtype)
            : null;
    }
}
