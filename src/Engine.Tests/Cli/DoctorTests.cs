using Engine.Cli;
using Engine.Cli.Doctor;
using Native.Kernels.Libraries;

namespace Engine.Tests.Cli;

/// <summary>engine doctor: what is there, what is missing, what for, and what to do.</summary>
public sealed class DoctorTests : CommandTest
{
    private static readonly Tool Gcc = new("/usr/bin/g++", "g++ 12.2.0"), CMake = new("/usr/bin/cmake", "cmake version 3.25.1"), Lines = new("/usr/bin/addr2line", "2.40");

    [Test]
    public void The_doctor_always_succeeds_and_names_everything_it_looked_at()
    {
        string page = Succeed("doctor");
        foreach (string label in (string[])["processor", "vectors", "driver", "cuBLAS", "cuDNN", "NVRTC", "toolkit", "devices", "emulated", "checked", "compiler", "CMake", "ENGINE_DATA", "mnist", "cache"])
        {
            Assert.That(page, Does.Match($@"(?m)^(– |  ){label} "), label);
        }

        Assert.That(page, Does.Contain("Everything trains on the CPU"));
    }

    [Test]
    public void Without_a_driver_the_one_thing_to_do_about_NVIDIA_is_to_install_it()
    {
        string page = Write(Nvidia([], usable: 0, ptx: 0), new EmulatorParts("/engine", "/engine", Gcc, CMake, Lines));
        Assert.That(page, Does.Match("(?m)^– driver +not found; looked for libcuda.so.1$"));
        Assert.That(page, Does.Contain("To train on an NVIDIA GPU (--device cuda): install the NVIDIA driver. Then run `engine doctor` again"));
        Assert.That(page, Does.Not.Contain("For NVIDIA's"));
        Assert.That(page, Does.Contain("CUDA kernels run, and can be checked, on the emulator"));
    }

    [Test]
    public void With_a_GPU_and_no_libraries_it_says_what_each_is_for()
    {
        string page = Write(Nvidia([NativeLibraries.Driver], usable: 1, ptx: 0), new EmulatorParts(null, null, null, null, null));
        Assert.That(page, Does.Contain("1 NVIDIA GPU can be used (--device cuda)"));
        Assert.That(page, Does.Contain("To run the engine's kernels on the GPU: install nvrtc; or build on a machine with nvcc."));
        Assert.That(page, Does.Contain("For NVIDIA's matrix products: install cublas").And.Contain("For NVIDIA's convolutions: install cudnn"));
        Assert.That(page, Does.Contain("To run on emulated CUDA, without a GPU (--device emulated): install CMake and a C++ compiler"));
    }

    [Test]
    public void A_driver_without_a_device_and_an_emulator_not_built_yet_are_told_apart_from_missing_ones()
    {
        string page = Write(Nvidia([NativeLibraries.Driver, NativeLibraries.Nvrtc, NativeLibraries.CuBlas, NativeLibraries.CuDnn], usable: 0, ptx: 0), new EmulatorParts(null, null, Gcc, CMake, Lines));
        Assert.That(page, Does.Contain("the driver is there and offers no device to use"));
        Assert.That(page, Does.Contain("no PTX beside the program; NVRTC compiles them at first use"));
        Assert.That(page, Does.Contain("build again (dotnet build); compiler and CMake are here"));
    }

    [Test]
    public void Where_nothing_is_missing_there_is_no_list_of_what_is()
    {
        string page = Write(Nvidia([NativeLibraries.Driver, NativeLibraries.Nvrtc, NativeLibraries.CuBlas, NativeLibraries.CuDnn], usable: 2, ptx: 12), new EmulatorParts("/engine", "/engine", Gcc, CMake, Lines));
        Assert.That(page, Does.Contain("2 NVIDIA GPUs can be used").And.Not.Contain("What is missing"));
    }

    [Test]
    public void Every_place_that_was_looked_in_is_listed_on_demand()
    {
        NvidiaParts parts = Nvidia([NativeLibraries.Driver], usable: 0, ptx: 0);
        Assert.That(parts.Describe(listPlaces: true).Findings.Select(f => f.Text), Does.Contain("not at /usr/lib/libcudnn.so.9"));
        Assert.That(parts.Describe(listPlaces: false).Findings.Select(f => f.Text), Does.Not.Contain("not at /usr/lib/libcudnn.so.9"));
    }

    private static NvidiaParts Nvidia(string[] found, int usable, int ptx)
    {
        (string Name, string Title, string File)[] all =
        [
            (NativeLibraries.Driver, "NVIDIA driver", "libcuda.so.1"),
            (NativeLibraries.CuBlas, "cublas", "libcublas.so.13"),
            (NativeLibraries.CuDnn, "cudnn", "libcudnn.so.9"),
            (NativeLibraries.Nvrtc, "nvrtc", "libnvrtc.so.13"),
        ];
        return new NvidiaParts(
            [.. all.Select(l => found.Contains(l.Name)
                ? new LibraryReport(l.Name, l.Title, $"/usr/lib/{l.File}", "13.0", [$"/usr/lib/{l.File}"], [], "")
                : new LibraryReport(l.Name, l.Title, null, null, [$"/usr/lib/{l.File}"], [], $"Install {(l.Name == NativeLibraries.Driver ? "the NVIDIA driver" : l.Title)}"))],
            Toolkit: null,
            Devices: [.. Enumerable.Range(0, usable).Select(i => $"cuda:{i}  a device")],
            usable,
            ptx);
    }

    private string Write(NvidiaParts nvidia, EmulatorParts emulator)
    {
        using StringWriter output = new();
        Folders folders = new(null, "the cache folder", "/cache", ["/cache/kernels"]);
        new DoctorPage(Machine.Look(), nvidia, emulator, folders).WriteTo(Terminal.Plain(output, TextWriter.Null, Folder), listPlaces: false);
        return string.Join('\n', output.ToString().Replace("\n    ", " ", StringComparison.Ordinal).Split('\n'));
    }
}
