using Engine.Tensors;

namespace Engine.Backends.Cpu;

// Main memory is where everything is already: what is fed is used as it is, what is read back is copied at once.
public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override Feed CreateFeed(Shape shape, DType dtype) => new HostFeed();

    /// <inheritdoc/>
    public override Readback CreateReadback(Shape shape, DType dtype) => new HostReadback(shape, dtype);

    private sealed class HostFeed : Feed
    {
        public override Tensor Bring(Tensor source) => source;
    }

    private sealed class HostReadback : Readback
    {
        private readonly Tensor here;

        public HostReadback(Shape shape, DType dtype)
        {
            using OutsideScope lasting = StepScope.Outside(Device.Cpu);
            here = new Tensor(shape, dtype);
        }

        public override void Begin(Tensor source) => source.CopyTo(here);

        public override Tensor Finish() => here;
    }
}
