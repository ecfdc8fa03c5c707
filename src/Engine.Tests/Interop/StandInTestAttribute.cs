using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;

namespace Engine.Tests.Interop;

/// <summary>
/// A test that calls stand-ins instead of NVIDIA's libraries. A process binds a library's name once and for all, so such a
/// test runs in a process of its own, whose search for libraries begins with the stand-ins.
/// </summary>
/// <param name="environment">Environment variables of that process: "ENGINE_STANDIN_DEVICES=0".</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StandInTestAttribute(params string[] environment) : TestAttribute, IWrapTestMethod
{
    /// <summary>Environment variables of the test's process.</summary>
    public IReadOnlyList<string> Environment { get; } = environment;

    /// <summary>Looked in before the stand-ins, below their folder: "old" has a driver of CUDA 12.2.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Whether the stand-in driver has the emulator run the engine's kernels; else it knows a few of its own.</summary>
    public bool WithEmulator { get; set; }

    /// <inheritdoc/>
    public TestCommand Wrap(TestCommand command) => StandInProcess.IsThis ? command : new Elsewhere(command, this);

    private sealed class Elsewhere(TestCommand inner, StandInTestAttribute attribute) : DelegatingTestCommand(inner)
    {
        public override TestResult Execute(TestExecutionContext context)
        {
            IMethodInfo method = Test.Method!;
            StandInProcess.Start(method.TypeInfo.FullName, method.Name, attribute.Folder, attribute.WithEmulator, attribute.Environment);
            context.CurrentResult.SetResult(ResultState.Success);
            return context.CurrentResult;
        }
    }
}
