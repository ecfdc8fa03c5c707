using System.Text;
using Engine.Tests.Data;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;

namespace Engine.Tests.Emulator;

/// <summary>A .cu file of one's own, compiled when it is needed.</summary>
[RequiresEmulator]
[TestFixture]
internal sealed class KernelCompilerTests
{
    private const string Reversal = """
        #include <cuda_runtime.h>

        // y is x backwards, through shared memory that the launch pays for.
        extern "C" __global__ void reverse(const float* x, float* y, int n) {
          extern __shared__ float s[];
          s[threadIdx.x] = x[threadIdx.x];
          BARRIER
          y[threadIdx.x] = s[n - 1 - threadIdx.x];
        }
        /* extern "C" __global__ void not_a_kernel(int n) {} */
        """;

    [TestCase(false)]
    [TestCase(true)]
    public void Plain_cuda_compiles_and_runs(bool isChecked)
    {
        using TemporaryFolder folder = new();
        string library = Compile(folder, Reversal.Replace("BARRIER", "__syncthreads();"), isChecked);
        Assert.That(Reverse(library, isChecked), Is.EqualTo(Enumerable.Range(0, 64).Select(i => 63f - i)));
    }

    [Test]
    public void A_mistake_is_reported_with_the_line_of_the_file()
    {
        using TemporaryFolder folder = new();
        string library = Compile(folder, Reversal.Replace("BARRIER", ""), isChecked: true);
        Assert.That(
            () => Reverse(library, isChecked: true),
            Throws.TypeOf<CudaException>().With.Message.Contains("writes byte 128 of the dynamic shared memory at mine.cu:6, which").And.Message.Contains("reads at mine.cu:8"));
    }

    [Test]
    public void What_was_compiled_is_found_again_until_the_source_changes()
    {
        using TemporaryFolder folder = new();
        string source = Reversal.Replace("BARRIER", "__syncthreads();");
        string first = Compile(folder, source, isChecked: false);
        DateTime built = File.GetLastWriteTimeUtc(first);
        string again = Compile(folder, source, isChecked: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again, Is.EqualTo(first));
            Assert.That(File.GetLastWriteTimeUtc(again), Is.EqualTo(built));
            Assert.That(Compile(folder, source + "// changed\nint answer;", isChecked: false), Is.Not.EqualTo(first));
        }
    }

    [Test]
    public void What_does_not_compile_is_reported_with_the_line_of_the_file()
    {
        using TemporaryFolder folder = new();
        string source = "extern \"C\" __global__ void f(float* y) {\n  y[0] = no_such_name;\n}\n";
        Assert.That(
            () => Compile(folder, source, isChecked: false),
            Throws.TypeOf<KernelCompilationException>().With.Message.Contains("mine.cu:2:").And.Message.Contains("no_such_name"));
    }

    [Test]
    public void A_file_that_is_not_there_is_named() =>
        Assert.That(() => KernelCompiler.Compile("no_such.cu", isChecked: false), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("no_such.cu"));

    private static string Compile(TemporaryFolder folder, string source, bool isChecked)
    {
        File.WriteAllText(folder.File("mine.cu"), source);
        return KernelCompiler.Compile(folder.File("mine.cu"), isChecked, folder.File("cache"));
    }

    private static float[] Reverse(string library, bool isChecked)
    {
        using CudaContext context = new(isChecked ? EmulatedDriver.Checked : EmulatedDriver.Plain);
        using CudaModule module = context.LoadModule(Encoding.UTF8.GetBytes(library), "mine.cu");
        using CudaStream stream = context.CreateStream();
        using CudaDeviceVariable<float> x = context.Allocate<float>([.. Enumerable.Range(0, 64).Select(i => (float)i)], "x");
        using CudaDeviceVariable<float> y = context.Allocate<float>(64, "y");
        module.GetKernel("reverse").Launch(stream, 1, 64, 64 * sizeof(float), x, y, 64);
        return y.ToArray();
    }
}
