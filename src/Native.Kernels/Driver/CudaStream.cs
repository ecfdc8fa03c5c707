namespace Native.Kernels.Driver;

/// <summary>A queue of work for the device: done in order, while the program goes on.</summary>
public sealed unsafe class CudaStream : CudaHandle
{
    private const uint NonBlocking = 1;

    internal CudaStream(CudaContext context)
        : base(context, "stream", Create(context), "stream")
    {
    }

    /// <summary>Waits until everything queued so far is done.</summary>
    /// <exception cref="CudaException">Something of that failed.</exception>
    public void Synchronize()
    {
        Context.MakeCurrent();
        Context.Check(Driver.StreamSynchronize(Value), "cuStreamSynchronize");
    }

    /// <summary>Queues a wait: what is queued later begins when the event has happened.</summary>
    public void Wait(CudaEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        Context.MakeCurrent();
        Context.Check(Driver.StreamWaitEvent(Value, @event.Value, 0), "cuStreamWaitEvent");
    }

    /// <summary>Queues a copy from main memory to the device.</summary>
    /// <param name="destination">The device's address.</param>
    /// <param name="source">The bytes. Memory that is not pinned has been read when the call returns.</param>
    public void CopyToDevice(nint destination, ReadOnlySpan<byte> source)
    {
        Context.MakeCurrent();
        fixed (byte* bytes = source)
        {
            Context.Check(Driver.MemcpyHtoDAsync(destination, bytes, (nuint)source.Length, Value), "cuMemcpyHtoDAsync");
        }
    }

    /// <summary>Queues a copy from the device to main memory, which has to stay in place until it is done.</summary>
    /// <param name="source">The device's address.</param>
    /// <param name="destination">Where to.</param>
    public void CopyToHost(nint source, Span<byte> destination)
    {
        Context.MakeCurrent();
        fixed (byte* bytes = destination)
        {
            Context.Check(Driver.MemcpyDtoHAsync(bytes, source, (nuint)destination.Length, Value), "cuMemcpyDtoHAsync");
        }
    }

    /// <summary>Queues a copy within the device.</summary>
    public void Copy(nint source, nint destination, long bytes)
    {
        Context.MakeCurrent();
        Context.Check(Driver.MemcpyDtoDAsync(destination, source, (nuint)bytes, Value), "cuMemcpyDtoDAsync");
    }

    /// <summary>Queues setting bytes of the device to a value.</summary>
    public void Fill(nint destination, byte value, long bytes)
    {
        Context.MakeCurrent();
        Context.Check(Driver.MemsetD8Async(destination, value, (nuint)bytes, Value), "cuMemsetD8Async");
    }

    /// <summary>From here to <see cref="EndCapture"/> what is queued is written down instead of done.</summary>
    /// <remarks>Relaxed, because memory may be given back on other threads meanwhile, which a graph does not mind.</remarks>
    public void BeginCapture()
    {
        Context.MakeCurrent();
        Context.Check(Driver.StreamBeginCapture(Value, CudaCaptureMode.Relaxed), "cuStreamBeginCapture");
    }

    /// <summary>What was queued since <see cref="BeginCapture"/>, ready to be launched as a whole.</summary>
    public CudaGraph EndCapture()
    {
        Context.MakeCurrent();
        Context.Check(Driver.StreamEndCapture(Value, out nint graph), "cuStreamEndCapture");
        return new CudaGraph(Context, graph);
    }

    /// <summary>The graph node of what was queued last, during a capture; 0 otherwise.</summary>
    internal nint CaptureNode()
    {
        Context.Check(Driver.StreamGetCaptureNode(Value, out nint node), "cuStreamGetCaptureInfo");
        return node;
    }

    private protected override CudaResult Release(nint value) => Driver.StreamDestroy(value);

    private static nint Create(CudaContext context)
    {
        context.MakeCurrent();
        context.Driver.Check(context.Driver.StreamCreate(out nint stream, NonBlocking), "cuStreamCreate");
        return stream;
    }
}
