using System.Text;
using System.Text.RegularExpressions;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;

namespace Engine.Tests.Emulator;

/// <summary>The kernels of wrong/, on the plain or on the checked emulator, with two buffers of n floats: x and y.</summary>
internal sealed partial class TestKernels : IDisposable
{
    private readonly CudaContext context;
    private readonly CudaModule module;
    private readonly CudaStream stream;

    public TestKernels(bool isChecked)
    {
        Driver = isChecked ? EmulatedDriver.Checked : EmulatedDriver.Plain;
        context = new CudaContext(Driver);
        string suffix = isChecked ? "_checked" : "";
        string extension = OperatingSystem.IsMacOS() ? "dylib" : "so";
        string path = EmulatorFiles.Find($"libengine_wrong_kernels{suffix}.{extension}");
        module = context.LoadModule(Encoding.UTF8.GetBytes(path), "wrong kernels");
        stream = context.CreateStream();
    }

    public EmulatedDriver Driver { get; }

    public CudaContext Context => context;

    public CudaStream Stream => stream;

    public CudaKernel Kernel(string name) => module.GetKernel(name);

    /// <summary>Runs a kernel on x = 0, 1, 2 … and y full of zeros, and returns y. Throws what the emulator found.</summary>
    public float[] Run(string name, Dim3 grid, Dim3 block, int n, int sharedBytes = 0)
    {
        using CudaDeviceVariable<float> x = context.Allocate<float>([.. Enumerable.Range(0, n).Select(i => (float)i)], "x");
        using CudaDeviceVariable<float> y = context.Allocate<float>(new float[n], "y");
        Kernel(name).Launch(stream, grid, block, sharedBytes, x, y, n);
        return y.ToArray();
    }

    /// <summary>"races.cu:10": the line that ends in the comment "at: NAME".</summary>
    public static string LineOf(string name)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Emulator", "wrong"), "*.cu"))
        {
            string[] lines = File.ReadAllLines(file);
            int at = Array.FindIndex(lines, line => line.EndsWith($"// at: {name}", StringComparison.Ordinal));
            if (at >= 0)
            {
                return $"{Path.GetFileName(file)}:{at + 1}";
            }
        }

        throw new ArgumentException($"No line ends in \"// at: {name}\".");
    }

    /// <summary>The names that lines of wrong/ carry.</summary>
    public static IEnumerable<string> MarkedNames =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Emulator", "wrong"), "*.cu")
            .SelectMany(file => Marker().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value));

    public void Dispose()
    {
        stream.Dispose();
        module.Dispose();
        context.Dispose();
    }

    [GeneratedRegex(@"// at: (\w+)")]
    private static partial Regex Marker();
}
