using Engine.Tests.Emulator;

namespace Engine.Tests.Backends;

/// <summary>Whether the suites of operations, layers, losses and training run on the emulator too.</summary>
[RequiresEmulator]
public sealed class EmulatorTests
{
    [Test]
    public void Every_suite_runs_on_the_emulator_too() => Assert.That(Devices.Names, Does.Contain(Device.Emulated));
}
