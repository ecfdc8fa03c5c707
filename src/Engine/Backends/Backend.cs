using System.Collections.Concurrent;
using Engine.Backends.Cpu;
using Engine.Backends.Cuda;
using Engine.Tensors;

namespace Engine.Backends;

/// <summary>
/// The operations that layers, losses and optimizers are made of, for one kind of device. Each family has a file here
/// that says what it computes, and a file of the same name in every back end that says how.
/// </summary>
/// <remarks>
/// Parameters come in the order sources, settings, destination. Destinations are tensors that the caller made, of the
/// right shape, and are overwritten unless the name says <c>Accumulate</c> or the text says "adds". Sources and
/// destination may not overlap, but for elementwise operations, where they may be the same tensor.
/// Every operation is deterministic: the same inputs give the same bits for any number of threads.
/// </remarks>
public abstract partial class Backend
{
    private static readonly CpuBackend Cpu = new();
    private static readonly ConcurrentDictionary<Device, CudaBackend> Cuda = new();

    /// <summary>The back end that computes on a device.</summary>
    public static Backend Of(Device device) =>
        device.Kind == DeviceKind.Cpu ? Cpu : Cuda.GetOrAdd(device, CudaBackend.On);

    /// <summary>The back end that computes on a tensor.</summary>
    public static Backend Of(Tensor tensor) => Of(tensor.Device);

    /// <summary>The back end that two tensors share.</summary>
    /// <exception cref="ShapeException">They live on two devices, or differ in element type.</exception>
    public static Backend Of(Tensor a, Tensor b)
    {
        if (a.Device != b.Device)
        {
            throw new ShapeException($"Tensors on two devices cannot be combined: {a} and {b}. Copy one to the other's device.");
        }

        if (a.DType != b.DType)
        {
            throw new ShapeException($"Tensors of two types cannot be combined: {a} and {b}. Convert one with To(DType).");
        }

        return Of(a.Device);
    }
}
