using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>What a step queued, kept so that the next step can be compared with it.</summary>
internal abstract class QueuedWork
{
    /// <summary>Queues it again, as it is now.</summary>
    public abstract void Queue(CudaDevice device);
}

/// <summary>A launch of a kernel. Its arguments may change from step to step: a learning rate, a position in a stream of random numbers.</summary>
internal sealed class QueuedLaunch(CudaKernel kernel, Dim3 grid, Dim3 block, int sharedBytes, PackedArguments arguments, nint node) : QueuedWork
{
    /// <summary>True when the launch differs in arguments only.</summary>
    public bool IsOf(CudaKernel otherKernel, in Dim3 otherGrid, in Dim3 otherBlock, int otherSharedBytes, ReadOnlySpan<KernelArgument> others) =>
        ReferenceEquals(kernel, otherKernel) && grid == otherGrid && block == otherBlock && sharedBytes == otherSharedBytes
        && arguments.AreLike(others);

    /// <summary>Takes over other arguments.</summary>
    /// <returns>True if they differ.</returns>
    public bool Replace(ReadOnlySpan<KernelArgument> others) => arguments.Replace(others);

    /// <summary>Puts the arguments into the graph.</summary>
    public void Update(CudaGraph graph) => graph.SetArguments(node, kernel, grid, block, sharedBytes, arguments);

    /// <inheritdoc/>
    public override void Queue(CudaDevice device) => kernel.Launch(device.Stream, grid, block, sharedBytes, arguments);
}

/// <summary>A copy, or a call of a library. It has to be the same in each step.</summary>
internal sealed class QueuedCall<TCall>(TCall call) : QueuedWork
    where TCall : struct, IDeviceCall, IEquatable<TCall>
{
    /// <summary>True for an equal call.</summary>
    public bool Is(in TCall other) => call.Equals(other);

    /// <inheritdoc/>
    public override void Queue(CudaDevice device) => call.Queue(device);
}
