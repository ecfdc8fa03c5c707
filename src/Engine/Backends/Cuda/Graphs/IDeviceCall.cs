namespace Engine.Backends.Cuda;

/// <summary>Something other than a kernel of ours that is queued on a device's stream: a copy, a call of a library.</summary>
/// <remarks>A value that has everything in it, so that it can be compared with what the step before queued, and be queued again.</remarks>
internal interface IDeviceCall
{
    /// <summary>Queues it.</summary>
    void Queue(CudaDevice device);
}

/// <summary>A copy within the device.</summary>
internal readonly record struct CopyCall(nint Source, nint Destination, long Bytes) : IDeviceCall
{
    public void Queue(CudaDevice device) => device.Stream.Copy(Source, Destination, Bytes);
}

/// <summary>Bytes set to a value.</summary>
internal readonly record struct FillCall(nint Destination, byte Value, long Bytes) : IDeviceCall
{
    public void Queue(CudaDevice device) => device.Stream.Fill(Destination, Value, Bytes);
}
