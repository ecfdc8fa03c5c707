namespace Engine.Tests.Backends;

/// <summary>Whether the suites of operations, layers, losses and training run on a GPU too.</summary>
[Category(Devices.Gpu)]
public sealed class GpuTests
{
    [Test]
    public void Every_suite_runs_on_the_GPU_too()
    {
        if (Devices.WhyNoGpu is { } reason)
        {
            Assert.Ignore($"Nothing runs on a GPU here: {reason}");
        }

        Assert.That(Devices.Names, Does.Contain(Device.Cuda()));
    }
}
