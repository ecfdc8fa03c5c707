using System.Diagnostics;
using System.Reflection;
using System.Text;
using Engine.Tests.Data;
using Native.Kernels.Emulation;

namespace Engine.Tests.Interop;

/// <summary>A process that runs one test against the stand-ins.</summary>
internal static class StandInProcess
{
    private const string Command = "stand-in-test";

    /// <summary>True in such a process.</summary>
    public static bool IsThis { get; private set; }

    /// <summary>Where the stand-ins lie.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "stand-ins");

    /// <summary>Whether the program was started to run a test.</summary>
    public static bool Handles(string[] args) => args is [Command, _, _];

    /// <summary>Runs the test that the arguments name. What it has to say goes to the standard error.</summary>
    public static int Run(string[] args)
    {
        IsThis = true;
        Type type = typeof(StandInProcess).Assembly.GetType(args[1], throwOnError: true)!;
        try
        {
            type.GetMethod(args[2])!.Invoke(Activator.CreateInstance(type), null);
            return 0;
        }
        catch (TargetInvocationException failure)
        {
            Console.Error.WriteLine(failure.InnerException);
            return 1;
        }
    }

    /// <summary>Runs a test in a new process, and fails as it fails.</summary>
    public static void Start(string type, string method, string folder, bool withEmulator, IEnumerable<string> environment)
    {
        RequireStandIns();
        ProcessStartInfo start = OwnProcess.Tests(Command, type, method);
        start.RedirectStandardError = true;
        start.StandardErrorEncoding = Encoding.UTF8;
        start.Environment["ENGINE_NATIVE_PATH"] = folder.Length > 0 ? $"{Path.Combine(Folder, folder)}:{Folder}" : Folder;

        // What a stand-in has compiled is not to lie among what the real one has.
        using TemporaryFolder cache = new();
        start.Environment["XDG_CACHE_HOME"] = cache.Path;
        if (withEmulator)
        {
            start.Environment["ENGINE_STANDIN_EMULATOR"] = EmulatorFiles.Find(EmulatorFiles.Emulator(isChecked: false));
            start.Environment["ENGINE_STANDIN_KERNELS"] = EmulatorFiles.Find(EmulatorFiles.Kernels(isChecked: false));
        }

        foreach (string variable in environment)
        {
            string[] parts = variable.Split('=', 2);
            start.Environment[parts[0]] = parts[1];
        }

        using Process process = Process.Start(start)!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, said);
    }

    // Where tests are to count (CI), "not built" must not look like "passed".
    private static void RequireStandIns()
    {
        const string Missing = "The stand-ins for NVIDIA's libraries were not built: Linux, CMake and a C++ compiler are needed.";
        if (!File.Exists(Path.Combine(Folder, "libcuda.so.1")))
        {
            if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
            {
                Assert.Fail(Missing);
            }

            Assert.Ignore(Missing);
        }
    }
}
