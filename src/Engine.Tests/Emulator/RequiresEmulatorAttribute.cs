using Native.Kernels.Emulation;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace Engine.Tests.Emulator;

/// <summary>
/// Tests that run kernels on the emulator. On a machine without CMake and a C++ compiler they are ignored and say why; where
/// tests are to count (the environment variable CI is set) they run in any case, and fail.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequiresEmulatorAttribute : NUnitAttribute, IApplyToTest
{
    /// <summary>Why tests on the emulator are left out here; null where they are not.</summary>
    public static string? WhyIgnored { get; } =
        Environment.GetEnvironmentVariable("CI") is { Length: > 0 }
        || ((string[])[EmulatorFiles.Emulator(isChecked: false), EmulatorFiles.Kernels(isChecked: false)]).All(file => EmulatorFiles.TryFind(file) is not null)
            ? null
            : "The emulator was not built: CMake and a C++ compiler are needed. `engine doctor` tells what is missing.";

    /// <inheritdoc/>
    public void ApplyToTest(Test test)
    {
        if (WhyIgnored is not null && test.RunState != RunState.NotRunnable)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, WhyIgnored);
        }
    }
}
