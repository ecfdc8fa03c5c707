using Engine.Tensors;

namespace Engine.Backends;

/// <summary>Brings numbers from a device to main memory without stopping the device.</summary>
public abstract class Readback : IDisposable
{
    /// <summary>Queues a copy behind the work that the device has been given so far.</summary>
    /// <param name="source">On the device, of the readback's shape and type.</param>
    public abstract void Begin(Tensor source);

    /// <summary>Waits until the copy that was begun last is here.</summary>
    /// <returns>The numbers in main memory, good until the next copy is begun.</returns>
    public abstract Tensor Finish();

    /// <summary>Gives its memory back.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
