using Engine.Tests.Data;
using Native.Kernels.Libraries;

namespace Engine.Tests.Interop;

/// <summary>Where NVIDIA's libraries are looked for, and what is said when they are not there.</summary>
public sealed class LibrarySearchTests
{
    private static readonly VendorLibrary CuBlas = VendorLibrary.All[NativeLibraries.CuBlas];

    [Test]
    public void The_users_own_folder_comes_first_and_the_bare_name_last()
    {
        string[] paths = Paths(CuBlas, new() { ["ENGINE_NATIVE_PATH"] = "/mine:/also", ["CUDA_PATH"] = "/toolkit", ["CUDA_HOME"] = "/home-of-it" });
        string[] newest = [.. paths.TakeWhile(path => !path.EndsWith(".12", StringComparison.Ordinal))];
        Assert.That(newest[..4], Is.EqualTo(new[] { "/mine/libcublas.so.13", "/also/libcublas.so.13", "/program/libcublas.so.13", "/toolkit/lib64/libcublas.so.13" }));
        Assert.That(newest, Does.Contain("/home-of-it/targets/x86_64-linux/lib/libcublas.so.13").Or.Contain("/home-of-it/targets/sbsa-linux/lib/libcublas.so.13"));
        Assert.That(newest, Does.Contain("/usr/local/cuda/lib64/libcublas.so.13"));
        Assert.That(newest[^1], Is.EqualTo("libcublas.so.13"));
        Assert.That(paths[newest.Length], Is.EqualTo("/mine/libcublas.so.12"), "the older one only when the newer is nowhere");
    }

    [Test]
    public void A_library_of_CUDA_13_is_not_offered_to_a_driver_of_CUDA_12() => Assert.That(
        new LibrarySearch(_ => null, "/program", windows: false).Candidates(CuBlas, newestCuda: 12).Select(candidate => candidate.File.Name),
        Is.All.EqualTo("libcublas.so.12"));

    [Test]
    public void Python_packages_are_found_in_the_active_environment_and_beside_the_python_of_the_path()
    {
        using TemporaryFolder folder = new();
        string active = folder.File("active"), onPath = folder.File("other");
        string activeSite = Directory.CreateDirectory(Path.Combine(active, "lib", "python3.12", "site-packages")).FullName;
        string otherSite = Directory.CreateDirectory(Path.Combine(onPath, "lib", "python3.11", "dist-packages")).FullName;
        Directory.CreateDirectory(Path.Combine(onPath, "bin"));
        File.WriteAllText(Path.Combine(onPath, "bin", "python3"), "");
        string[] paths = Paths(VendorLibrary.All[NativeLibraries.CuDnn], new()
        {
            ["VIRTUAL_ENV"] = active,
            ["PATH"] = $"/nowhere:{Path.Combine(onPath, "bin")}",
            ["PYTHONPATH"] = "/extra",
        });
        int[] order =
        [
            Array.IndexOf(paths, "/extra/nvidia/cudnn/lib/libcudnn.so.9"),
            Array.IndexOf(paths, Path.Combine(activeSite, "nvidia/cudnn/lib/libcudnn.so.9")),
            Array.IndexOf(paths, Path.Combine(otherSite, "nvidia/cudnn/lib/libcudnn.so.9")),
            Array.IndexOf(paths, "libcudnn.so.9"),
        ];
        Assert.That(order, Is.Ordered.And.All.GreaterThanOrEqualTo(0));
    }

    [Test]
    public void Wheels_of_CUDA_13_share_a_folder_and_those_of_12_have_their_own()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder.File("env"), "lib", "python3.12"));
        string[] paths = Paths(CuBlas, new() { ["VIRTUAL_ENV"] = folder.File("env") });
        Assert.That(paths, Has.Some.EndsWith("site-packages/nvidia/cu13/lib/libcublas.so.13"));
        Assert.That(paths, Has.Some.EndsWith("site-packages/nvidia/cublas/lib/libcublas.so.12"));
    }

    [Test]
    public void The_driver_is_never_looked_for_in_a_toolkit_whose_copy_is_a_stub() => Assert.That(
        Paths(VendorLibrary.All[NativeLibraries.Driver], new() { ["CUDA_PATH"] = "/toolkit" }), Has.None.Contains("/toolkit").And.None.Contains("/usr/local/cuda/"));

    [Test]
    public void Windows_has_its_own_names_and_folders()
    {
        string[] paths =
        [
            .. new LibrarySearch(name => name == "CUDA_PATH" ? "C:/cuda" : null, "C:/program", windows: true)
                .Candidates(CuBlas).Select(candidate => candidate.Path.Replace('\\', '/')),
        ];
        Assert.That(paths[0], Is.EqualTo("C:/program/cublas64_13.dll"));
        Assert.That(paths[1], Is.EqualTo("C:/cuda/bin/x64/cublas64_13.dll"));
        Assert.That(paths[^1], Is.EqualTo("cublas64_12.dll"));
    }

    [Test]
    public void A_missing_library_is_reported_with_its_names_and_what_to_install()
    {
        LibraryReport report = new(
            NativeLibraries.CuBlas, "cuBLAS", null, null, ["/a/libcublas.so.13", "/b/libcublas.so.13", "libcublas.so.13", "/a/libcublas.so.12"], ["/b/libcublas.so.13: wrong ELF class"], "Install it");
        Assert.That(new NativeLibraryException(report).Message, Is.EqualTo(
            "cuBLAS was not found: tried libcublas.so.13, libcublas.so.12 in 3 places. "
            + "There, but not to be loaded: /b/libcublas.so.13: wrong ELF class. Install it. Run `engine doctor`."));
    }

    [StandInTest]
    public void The_report_names_file_and_version_of_each_library()
    {
        IReadOnlyList<LibraryReport> reports = NativeLibraries.Reports();
        Assert.That(reports.Select(report => report.Path), Is.EqualTo(((string[])["libcuda.so.1", "libcublas.so.13", "libcudnn.so.9", "libnvrtc.so.13"])
            .Select(file => Path.Combine(StandInProcess.Folder, file))));
        Assert.Multiple(() =>
        {
            Assert.That(reports[0].Version, Does.Contain("CUDA 13.0"));
            Assert.That(reports[1].ToString(), Does.StartWith("cuBLAS 13.0.2 at "));
            Assert.That(reports[2].Version, Is.EqualTo("9.13.0"));
            Assert.That(reports[3].Version, Is.EqualTo("13.99"));
        });
    }

    [StandInTest("ENGINE_STANDIN_DRIVER=12080")]
    public void On_a_driver_of_CUDA_12_the_library_of_CUDA_13_is_passed_over()
    {
        LibraryReport report = NativeLibraries.Report(NativeLibraries.CuBlas);
        Assert.That(report.Tried, Has.None.EndsWith(".13"));
    }

    [StandInTest]
    public void A_file_that_is_no_library_is_passed_over_with_the_loaders_reason()
    {
        using TemporaryFolder folder = new();
        string broken = folder.File("libnvrtc.so.13");
        File.WriteAllText(broken, "no library");
        Environment.SetEnvironmentVariable("ENGINE_NATIVE_PATH", $"{Path.GetDirectoryName(broken)}:{StandInProcess.Folder}");
        LibraryReport report = NativeLibraries.Report(NativeLibraries.Nvrtc);
        Assert.That(report.Path, Is.EqualTo(Path.Combine(StandInProcess.Folder, "libnvrtc.so.13")));
        Assert.That(report.Rejected.Single(), Does.StartWith(broken).And.Contain("invalid ELF header").Or.Contain("file too short"));
    }

    private static string[] Paths(VendorLibrary library, Dictionary<string, string> environment) =>
        [.. new LibrarySearch(environment.GetValueOrDefault, "/program", windows: false).Candidates(library).Select(candidate => candidate.Path)];
}
