using System.Runtime.InteropServices;
using Native.Kernels.Driver;

namespace Native.Kernels.Emulation;

// Device memory: blocks with names. Copies are checked against them, as the device's memory unit does with pages.
public sealed unsafe partial class EmulatedDriver
{
    /// <inheritdoc/>
    public CudaResult MemGetInfo(out nuint free, out nuint total)
    {
        free = total = MemoryBytes;
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult MemAlloc(out nint pointer, nuint bytes, string label)
    {
        pointer = bytes > MemoryBytes ? 0 : emulator.Allocate(bytes, label);
        return pointer == 0 ? Fail(CudaResult.OutOfMemory, "out of memory") : CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult MemFree(nint pointer) => emulator.Free(pointer) == 0 ? CudaResult.Success : CudaResult.InvalidValue;

    /// <inheritdoc/>
    public CudaResult MemHostAlloc(out nint pointer, nuint bytes, uint flags)
    {
        pointer = (nint)NativeMemory.AlignedAlloc(bytes, 64);
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult MemFreeHost(nint pointer)
    {
        NativeMemory.AlignedFree((void*)pointer);
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult MemcpyHtoDAsync(nint destination, void* source, nuint bytes, nint stream) =>
        RecordOrRun(stream, new CopyWork((nint)source, destination, bytes, CopyKind.ToDevice));

    /// <inheritdoc/>
    public CudaResult MemcpyDtoHAsync(void* destination, nint source, nuint bytes, nint stream) =>
        RecordOrRun(stream, new CopyWork(source, (nint)destination, bytes, CopyKind.ToHost));

    /// <inheritdoc/>
    public CudaResult MemcpyDtoDAsync(nint destination, nint source, nuint bytes, nint stream) =>
        RecordOrRun(stream, new CopyWork(source, destination, bytes, CopyKind.Within));

    /// <inheritdoc/>
    public CudaResult MemsetD8Async(nint destination, byte value, nuint count, nint stream) =>
        RecordOrRun(stream, new FillWork(destination, value, count));

    private bool Holds(nint pointer, nuint bytes) => bytes == 0 || emulator.CheckRange(pointer, bytes) == 0;

    private CudaResult Outside(string what) => Fail(CudaResult.InvalidValue, $"{what} leaves the device's memory: {emulator.LastError}");

    private enum CopyKind
    {
        ToDevice,
        ToHost,
        Within,
    }

    private sealed record CopyWork(nint Source, nint Destination, nuint Bytes, CopyKind Kind) : Work
    {
        public override CudaResult Run(EmulatedDriver driver)
        {
            if (Kind != CopyKind.ToHost && !driver.Holds(Destination, Bytes))
            {
                return driver.Outside("the destination of a copy");
            }

            if (Kind != CopyKind.ToDevice && !driver.Holds(Source, Bytes))
            {
                return driver.Outside("the source of a copy");
            }

            Buffer.MemoryCopy((void*)Source, (void*)Destination, Bytes, Bytes);
            return CudaResult.Success;
        }
    }

    private sealed record FillWork(nint Destination, byte Value, nuint Count) : Work
    {
        public override CudaResult Run(EmulatedDriver driver)
        {
            if (!driver.Holds(Destination, Count))
            {
                return driver.Outside("a fill");
            }

            NativeMemory.Fill((void*)Destination, Count, Value);
            return CudaResult.Success;
        }
    }
}
