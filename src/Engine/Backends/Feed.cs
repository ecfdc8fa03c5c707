using Engine.Tensors;

namespace Engine.Backends;

/// <summary>Brings numbers from main memory to a device, always to the same place there.</summary>
public abstract class Feed : IDisposable
{
    /// <summary>Queues a copy to the device. The source may be written to again as soon as this returns.</summary>
    /// <param name="source">In main memory, of the feed's shape and type.</param>
    /// <returns>The numbers on the device, good until the next are brought.</returns>
    public abstract Tensor Bring(Tensor source);

    /// <summary>Gives its memory back.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
