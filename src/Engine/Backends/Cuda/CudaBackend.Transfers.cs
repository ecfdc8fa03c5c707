using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed partial class CudaBackend
{
    /// <inheritdoc/>
    public override bool IsAsynchronous => true;

    /// <inheritdoc/>
    public override void Synchronize() => device.Stream.Synchronize();

    /// <inheritdoc/>
    public override Feed CreateFeed(Shape shape, DType dtype) => new CudaFeed(device, shape, dtype);

    /// <inheritdoc/>
    public override Readback CreateReadback(Shape shape, DType dtype) => new CudaReadback(device, shape, dtype);

    /// <inheritdoc/>
    public override void RunStep(object key, Action work)
    {
        if (CudaSettings.UseGraphs)
        {
            device.Recorder.Run(key, work);
        }
        else
        {
            work();
        }
    }
}
