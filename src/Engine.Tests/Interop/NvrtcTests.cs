using Native.Kernels.Libraries;
using Native.Kernels.Nvrtc;

namespace Engine.Tests.Interop;

/// <summary>Compiling at run time, and the cache of what was compiled.</summary>
public sealed class NvrtcTests
{
    private const string Kernel = """extern "C" __global__ void axpy(int n, float a, const float* x, float* y) { }""";

    [StandInTest]
    public void A_source_is_compiled_to_machine_code_that_loads()
    {
        using StandInDevice device = new();
        KernelImage image = NvrtcCompiler.Compile(new KernelSource("axpy.cu", Kernel), 90);
        Assert.That(image.IsCubin, Is.True);
        using Native.Kernels.Driver.CudaModule module = device.Context.LoadModule(image.Bytes, "axpy.cu");
        Assert.That(module.GetKernel("axpy").ParameterSizes, Is.EqualTo(new[] { 4, 4, 8, 8 }));
    }

    [StandInTest]
    public void For_a_device_newer_than_the_compiler_the_newest_PTX_is_made()
    {
        KernelImage image = NvrtcCompiler.Compile(new KernelSource("axpy.cu", Kernel), 130);
        Assert.That(image.IsCubin, Is.False);
        Assert.That(System.Text.Encoding.ASCII.GetString(image.Bytes), Does.Contain(".target sm_120").And.EndsWith("\0"));
    }

    [StandInTest]
    public void Headers_are_found_by_the_name_under_which_they_are_included()
    {
        KernelSource source = new(
            "k.cu", "#include \"a.h\"\n#include \"sub/b.h\"\n", new Dictionary<string, string> { ["sub/b.h"] = Kernel, ["a.h"] = "// nothing\n" }, ["-DTILE=16"]);
        Assert.That(System.Text.Encoding.ASCII.GetString(NvrtcCompiler.Compile(source, 90).Bytes), Does.Contain(".entry axpy("));
    }

    [StandInTest]
    public void A_mistake_is_reported_with_file_and_line()
    {
        KernelSource source = new("outer.cu", "#include \"inner.h\"\n", new Dictionary<string, string> { ["inner.h"] = "\n\n#error out of tea\n" }, []);
        Assert.That(
            () => NvrtcCompiler.Compile(source, 90),
            Throws.TypeOf<NvrtcException>().With.Message.Contains("NVRTC_ERROR_COMPILATION").And.Message.Contains("inner.h(3): error: #error directive: out of tea")
                .And.Message.Contains("outer.cu").And.Message.Not.Contains("engine doctor"));
    }

    [StandInTest]
    public void An_option_that_does_not_exist_is_named()
    {
        KernelSource source = new("k.cu", Kernel, new Dictionary<string, string>(), ["--teapot"]);
        Assert.That(() => NvrtcCompiler.Compile(source, 90), Throws.TypeOf<NvrtcException>().With.Message.Contains("--teapot").And.Property("Result").EqualTo(NvrtcResult.InvalidOption));
    }

    [TestCase(90, "sm_90")]
    [TestCase(87, "compute_86")]
    [TestCase(130, "compute_120")]
    public void The_architecture_is_the_devices_or_the_newest_below_it(int capability, string expected) =>
        Assert.That(NvrtcCompiler.Architecture(capability, [75, 80, 86, 89, 90, 100, 120]), Is.EqualTo(expected));

    [Test]
    public void A_device_older_than_the_compiler_serves_is_refused() => Assert.That(
        () => NvrtcCompiler.Architecture(61, [75, 80]),
        Throws.TypeOf<NativeLibraryException>().With.Message.Contains("compute capability 7.5 and above, the device has 6.1"));

    [StandInTest]
    public void What_was_compiled_once_is_taken_from_disk()
    {
        using Data.TemporaryFolder folder = new();
        KernelCache cache = new(folder.File("cache"));
        KernelSource source = new("axpy.cu", Kernel);
        KernelImage first = cache.GetOrCompile(source, 90);
        StandInDevice.Fail(NativeLibraries.Nvrtc, "nvrtcCompileProgram", (int)NvrtcResult.InternalError);
        KernelImage second = cache.GetOrCompile(source, 90);
        Assert.That((second.Bytes, second.IsCubin, second.Log), Is.EqualTo((first.Bytes, first.IsCubin, first.Log)).Using<(byte[] Bytes, bool, string)>((a, b) => a.Bytes.AsSpan().SequenceEqual(b.Bytes)));
        Assert.That(() => cache.GetOrCompile(source, 80), Throws.TypeOf<NvrtcException>(), "another device is another entry");
        Assert.That(Directory.GetFiles(cache.Folder), Has.Length.EqualTo(1), "no temporary files are left");
    }

    [StandInTest]
    public void A_damaged_or_cut_file_is_made_again()
    {
        using Data.TemporaryFolder folder = new();
        KernelCache cache = new(folder.File("cache"));
        KernelSource source = new("axpy.cu", Kernel);
        byte[] image = cache.GetOrCompile(source, 90).Bytes;
        string file = Directory.GetFiles(cache.Folder).Single();
        byte[] whole = File.ReadAllBytes(file);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 1;
            File.WriteAllBytes(file, damaged);
            Assert.That(KernelCacheFile.TryRead(file), Is.Null, $"byte {at} changed");
            File.WriteAllBytes(file, whole[..at]);
            Assert.That(KernelCacheFile.TryRead(file), Is.Null, $"cut after {at} bytes");
        }

        Assert.That(cache.GetOrCompile(source, 90).Bytes, Is.EqualTo(image));
        Assert.That(File.ReadAllBytes(file), Is.EqualTo(whole));
    }

    [Test]
    public void The_key_depends_on_everything_the_result_depends_on()
    {
        KernelSource source = new("k.cu", "text", new Dictionary<string, string> { ["a.h"] = "1" }, ["-DX"]);
        Version version = new(13, 0);
        string[] keys =
        [
            KernelCache.Key(source, 90, version),
            KernelCache.Key(source, 80, version),
            KernelCache.Key(source, 90, new Version(13, 1)),
            KernelCache.Key(source with { Text = "texT" }, 90, version),
            KernelCache.Key(source with { Name = "l.cu" }, 90, version),
            KernelCache.Key(source with { Options = ["-DX", "-DY"] }, 90, version),
            KernelCache.Key(source with { Options = [] }, 90, version),
            KernelCache.Key(source with { Headers = new Dictionary<string, string> { ["a.h"] = "2" } }, 90, version),
            KernelCache.Key(source with { Headers = new Dictionary<string, string> { ["b.h"] = "1" } }, 90, version),
            KernelCache.Key(source with { Headers = new Dictionary<string, string> { ["a.h"] = "1", ["b.h"] = "" } }, 90, version),
        ];
        Assert.That(keys, Is.Unique);
        Assert.That(KernelCache.Key(source with { Headers = new Dictionary<string, string> { ["a.h"] = "1" } }, 90, version), Is.EqualTo(keys[0]));
    }
}
