using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>Copies from a device into pinned memory, behind its other work, with an event to tell when they are here.</summary>
internal sealed class CudaReadback : Readback
{
    private readonly CudaDevice device;
    private readonly Tensor here;
    private readonly CudaPinnedMemory memory;
    private readonly CudaEvent arrived;

    public CudaReadback(CudaDevice device, Shape shape, DType dtype)
    {
        this.device = device;
        using OutsideScope lasting = StepScope.Outside(Device.Cpu);
        here = new Tensor(shape, dtype);
        memory = new CudaPinnedMemory(device.Context, here.Bytes.Length);
        arrived = device.Context.CreateEvent(timing: false);
    }

    public override void Begin(Tensor source)
    {
        Require.Alike(here, source);
        device.Stream.CopyToHost(source.Address, memory.Span(here.Bytes.Length));
        arrived.Record(device.Stream);
    }

    public override Tensor Finish()
    {
        arrived.Synchronize();
        memory.Span(here.Bytes.Length).CopyTo(here.Bytes);
        return here;
    }

    public override void Dispose()
    {
        arrived.Synchronize();
        memory.Dispose();
        arrived.Dispose();
        base.Dispose();
    }
}
