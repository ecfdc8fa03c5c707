using Engine.Backends;
using Engine.Backends.Cpu;
using Engine.Backends.Cuda;
using Engine.Cli.Rendering;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary>Devices in the words of the output.</summary>
internal static class DeviceNames
{
    /// <summary>"2 threads" of the CPU, "on NVIDIA H200 (cuda:0)", "on emulated CUDA". Readies the device.</summary>
    public static string Of(Device device) => device.Kind switch
    {
        DeviceKind.Cpu => Numbers.Count(WorkerPool.Threads, "thread"),
        DeviceKind.Cuda => $"on {((CudaBackend)Backend.Of(device)).Context.Name} ({device})",
        _ => $"on {((CudaBackend)Backend.Of(device)).Context.Driver.Name}",
    };
}
