using System.Diagnostics;
using System.Reflection;
using Engine.Cli;

namespace Engine.Tests;

/// <summary>Programs of this build, run as processes of their own.</summary>
internal static class OwnProcess
{
    /// <summary>How to start this assembly as a program; see <see cref="Program"/>.</summary>
    public static ProcessStartInfo Tests(params IEnumerable<string> arguments) => Of(typeof(OwnProcess).Assembly, arguments);

    /// <summary>How to start the <c>engine</c> command.</summary>
    public static ProcessStartInfo Command(params IEnumerable<string> arguments) => Of(typeof(ExitCode).Assembly, arguments);

    // The portable build has a program for each, and no `dotnet` beside it.
    private static ProcessStartInfo Of(Assembly assembly, IEnumerable<string> arguments)
    {
        string path = assembly.Location;
        ProcessStartInfo start = Program.IsPortable
            ? new(Path.ChangeExtension(path, null), arguments)
            : new(DotNet, ["exec", "--runtimeconfig", Path.ChangeExtension(path, "runtimeconfig.json"), path, .. arguments]);
        start.UseShellExecute = false;
        return start;
    }

    private static string DotNet =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";
}
