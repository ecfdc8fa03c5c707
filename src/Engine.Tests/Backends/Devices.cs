using Engine.Backends.Cuda;
using Engine.Tests.Emulator;
using Native.Kernels.Driver;
using Native.Kernels.Libraries;

namespace Engine.Tests.Backends;

/// <summary>The devices that every suite of operations runs on.</summary>
internal static class Devices
{
    /// <summary>The category of tests that need an NVIDIA GPU.</summary>
    public const string Gpu = "Gpu";

    /// <summary>The category of tests that run on emulated CUDA.</summary>
    public const string Emulated = "Emulated";

    /// <summary>CPU, emulated CUDA, and a GPU where there is one (<see cref="GpuTests"/> says so where not). The emulator may be missing only where <see cref="RequiresEmulatorAttribute"/> says so.</summary>
    public static IEnumerable<Device> Names
    {
        get
        {
            yield return Device.Cpu;
            if (RequiresEmulatorAttribute.WhyIgnored is null)
            {
                yield return Device.Emulated;
            }

            if (WhyNoGpu is null)
            {
                yield return Device.Cuda();
            }
        }
    }

    /// <summary>A fixture for each.</summary>
    public static IEnumerable<TestFixtureData> All => Names.Select(d => Fixture(d, $"{d}"));

    /// <summary>A fixture for each but the CPU.</summary>
    public static IEnumerable<TestFixtureData> Cuda => Names.Any(d => d != Device.Cpu)
        ? Names.Where(d => d != Device.Cpu).Select(d => Fixture(d, $"{d}"))
        : [Fixture(Device.Emulated, $"{Device.Emulated}").Ignore(RequiresEmulatorAttribute.WhyIgnored!)];

    /// <summary>Why the first GPU cannot be used, or null where it can.</summary>
    public static string? WhyNoGpu { get; } = Probe();

    /// <summary>A fixture on a device.</summary>
    /// <param name="device">The device, its last argument.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="first">Its arguments before.</param>
    public static TestFixtureData Fixture(Device device, string name, params object[] first)
    {
        TestFixtureData fixture = new TestFixtureData([.. first, device]).SetArgDisplayNames(name);
        if (device.Kind == DeviceKind.Cuda)
        {
            fixture.Properties.Add("Category", Gpu);
        }
        else if (device.Kind == DeviceKind.Emulated)
        {
            fixture.Properties.Add("Category", Emulated);
        }

        return fixture;
    }

    private static string? Probe()
    {
        try
        {
            _ = CudaDevice.Of(Device.Cuda());
            return null;
        }
        catch (Exception exception) when (exception is NativeLibraryException or CudaException)
        {
            return exception.Message;
        }
    }
}
