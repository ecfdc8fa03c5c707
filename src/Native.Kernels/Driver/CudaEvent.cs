namespace Native.Kernels.Driver;

/// <summary>A mark in a stream: it happens when the work before it is done, and remembers when that was.</summary>
public sealed class CudaEvent : CudaHandle
{
    private const uint DisableTiming = 2;

    internal CudaEvent(CudaContext context, bool timing)
        : base(context, "event", Create(context, timing), "event")
    {
    }

    /// <summary>True when it has happened.</summary>
    public bool HasHappened
    {
        get
        {
            Context.MakeCurrent();
            CudaResult result = Driver.EventQuery(Value);
            if (result == CudaResult.NotReady)
            {
                return false;
            }

            Context.Check(result, "cuEventQuery");
            return true;
        }
    }

    /// <summary>Puts the mark into a stream, after all that is queued there.</summary>
    public void Record(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Context.MakeCurrent();
        Context.Check(Driver.EventRecord(Value, stream.Value), "cuEventRecord");
    }

    /// <summary>Waits until it has happened.</summary>
    public void Synchronize()
    {
        Context.MakeCurrent();
        Context.Check(Driver.EventSynchronize(Value), "cuEventSynchronize");
    }

    /// <summary>The time from another event to this one; both must have happened and tell the time.</summary>
    public TimeSpan Since(CudaEvent start)
    {
        ArgumentNullException.ThrowIfNull(start);
        Context.MakeCurrent();
        Context.Check(Driver.EventElapsedTime(out float milliseconds, start.Value, Value), "cuEventElapsedTime");
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    private protected override CudaResult Release(nint value) => Driver.EventDestroy(value);

    private static nint Create(CudaContext context, bool timing)
    {
        context.MakeCurrent();
        context.Driver.Check(context.Driver.EventCreate(out nint value, timing ? 0 : DisableTiming), "cuEventCreate");
        return value;
    }
}
