using Engine.Backends;
using Engine.Backends.Cpu;
using Engine.Backends.Cuda;
using Engine.Backends.Ladders;
using Engine.Cli.Rendering;
using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Cli.Bench;

/// <summary>What a device can do at best, measured: the ceilings that kernels are compared with.</summary>
/// <param name="Operations">Floating-point operations per second when it does nothing else; null where not measured.</param>
/// <param name="CopiedBytes">Bytes per second that it reads and writes when it copies; null where that says nothing.</param>
internal sealed record Ceilings(double? Operations, double? CopiedBytes)
{
    private const int CopiedOnGpu = 256 * 1024 * 1024;

    /// <summary>Those of a CPU in words.</summary>
    public string Describe() =>
        $"{Numbers.Count(WorkerPool.Threads, "thread")}, at best {Numbers.Rate(Operations!.Value / 1e9)} GFLOP/s and {Numbers.Rate(CopiedBytes!.Value / 1e9)} GB/s (both measured)";

    /// <summary>The CPU's: the last rungs of the ladders of multiply–adds and of copying.</summary>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <param name="scale">The size of the ladders.</param>
    /// <param name="timer">The clock.</param>
    public static Ceilings OfCpu(DType dtype, double scale, IRunTimer timer)
    {
        KernelLadder arithmetic = Ladder(KernelLadders.MultiplyAdd), copying = Ladder(KernelLadders.Copy);
        return new Ceilings(
            arithmetic.Flops / timer.Measure(arithmetic.Rungs[^1].Run).TotalSeconds,
            copying.Bytes / timer.Measure(copying.Rungs[^1].Run).TotalSeconds);

        KernelLadder Ladder(string operation) => KernelLadders.Create(operation, new LadderRequest(Device.Cpu, dtype, scale, new Philox(1)));
    }

    /// <summary>A CUDA device's. The emulator has none: its memory is the host's, and no kernel comes near.</summary>
    /// <param name="device">The device.</param>
    /// <param name="timer">Its clock.</param>
    public static Ceilings OfCuda(Device device, IRunTimer timer)
    {
        if (device.Kind == DeviceKind.Emulated)
        {
            return new Ceilings(null, null);
        }

        CudaBackend backend = (CudaBackend)Backend.Of(device);
        using CudaDeviceVariable<byte> from = backend.Context.Allocate<byte>(CopiedOnGpu, "from"), to = backend.Context.Allocate<byte>(CopiedOnGpu, "to");
        TimeSpan time = timer.Measure(() => backend.Stream.Copy(from.Address, to.Address, CopiedOnGpu));
        return new Ceilings(null, 2.0 * CopiedOnGpu / time.TotalSeconds);
    }
}
