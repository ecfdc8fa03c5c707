using Engine.Backends.Cuda;

namespace Engine.Tests.Backends;

/// <summary>The devices that every suite of operations runs on.</summary>
internal static class Devices
{
    /// <summary>The category of tests that need an NVIDIA GPU.</summary>
    public const string Gpu = "Gpu";

    /// <summary>CPU, emulated CUDA, and a GPU; without one, its tests are ignored and say why. The emulator may not be missing.</summary>
    public static IEnumerable<TestFixtureData> All => [Fixture(Device.Cpu), .. Cuda];

    /// <summary>Emulated CUDA and a GPU.</summary>
    public static IEnumerable<TestFixtureData> Cuda
    {
        get
        {
            yield return Fixture(Device.Emulated);
            TestFixtureData gpu = Fixture(Device.Cuda());
            gpu.Properties.Add("Category", Gpu);
            yield return WhyNoGpu is { } reason ? gpu.Ignore(reason) : gpu;
        }
    }

    /// <summary>Why the first GPU cannot be used, or null where it can.</summary>
    public static string? WhyNoGpu { get; } = Probe();

    private static TestFixtureData Fixture(Device device) => new TestFixtureData(device).SetArgDisplayNames(device.ToString());

    private static string? Probe()
    {
        try
        {
            _ = CudaDevice.Of(Device.Cuda());
            return null;
        }
        catch (Exception exception) when (exception is NotSupportedException or DllNotFoundException)
        {
            return exception.Message;
        }
    }
}
