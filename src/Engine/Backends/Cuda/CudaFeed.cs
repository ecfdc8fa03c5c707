using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>Copies to a device through pinned memory, two pieces in turn: while the device reads one, the other is filled.</summary>
/// <remarks>From memory that is not pinned the driver would copy first and wait for the stream before it does.</remarks>
internal sealed class CudaFeed : Feed
{
    private readonly CudaDevice device;
    private readonly Tensor there;
    private readonly (CudaPinnedMemory Memory, CudaEvent Read)[] pieces = new (CudaPinnedMemory, CudaEvent)[2];
    private int turn;

    public CudaFeed(CudaDevice device, Shape shape, DType dtype)
    {
        this.device = device;
        using OutsideScope lasting = StepScope.Outside(device.Identity);
        there = new Tensor(shape, dtype, device.Identity);
        for (int i = 0; i < pieces.Length; i++)
        {
            pieces[i] = (new CudaPinnedMemory(device.Context, there.Memory.Bytes), device.Context.CreateEvent(timing: false));
        }
    }

    public override Tensor Bring(Tensor source)
    {
        Require.Alike(there, source);
        (CudaPinnedMemory memory, CudaEvent read) = pieces[turn];
        turn ^= 1;
        read.Synchronize();
        Span<byte> pinned = memory.Span((int)there.Memory.Bytes);
        source.Bytes.CopyTo(pinned);
        device.Stream.CopyToDevice(there.Address, pinned);
        read.Record(device.Stream);
        return there;
    }

    public override void Dispose()
    {
        foreach ((CudaPinnedMemory memory, CudaEvent read) in pieces)
        {
            read.Synchronize();
            memory.Dispose();
            read.Dispose();
        }

        base.Dispose();
    }
}
