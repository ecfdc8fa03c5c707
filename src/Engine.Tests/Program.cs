using Engine.Tests.Interop;
using Engine.Tests.Training;
#if PORTABLE_TESTS
using Microsoft.Testing.Platform.Builder;
#endif

namespace Engine.Tests;

/// <summary>
/// The test assembly as a program. Some tests start it: to kill it while it trains, or to have a process of their own. In
/// the portable build (build/gpu-bundle.sh) it also runs the tests, on machines that have no .NET.
/// </summary>
internal static class Program
{
    /// <summary>Whether this is the portable build, far from the sources.</summary>
#if PORTABLE_TESTS
    public static bool IsPortable => true;
#else
    public static bool IsPortable => false;
#endif

    public static async Task<int> Main(string[] args) =>
        VictimProcess.Handles(args) ? VictimProcess.Run(args)
        : StandInProcess.Handles(args) ? StandInProcess.Run(args)
        : await RunTests(args);

#if PORTABLE_TESTS
    private static async Task<int> RunTests(string[] args)
    {
        ITestApplicationBuilder builder = await TestApplication.CreateBuilderAsync(args);
        builder.AddSelfRegisteredExtensions(args);
        using ITestApplication tests = await builder.BuildAsync();
        return await tests.RunAsync();
    }
#else
    private static async Task<int> RunTests(string[] args)
    {
        await Console.Error.WriteLineAsync($"Engine.Tests does not know what to do with '{string.Join(' ', args)}'. Run the tests with: dotnet test");
        return 2;
    }
#endif
}
