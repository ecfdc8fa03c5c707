using Engine.Data;

namespace Engine.Tests.Data;

public sealed class DataLocatorTests
{
    private static readonly string[] Names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    [TestCase("", "")]
    [TestCase("", ".gz")]
    [TestCase("mnist", "")]
    [TestCase("mnist", ".gz")]
    public async Task The_folder_named_by_the_user_comes_first(string subfolder, string ending)
    {
        using TemporaryFolder named = new(), fromEnvironment = new();
        WriteSet(Path.Combine(named.Path, subfolder), ending);
        WriteSet(fromEnvironment.Path, "");
        DataLocation location = await Locator(named.Path, fromEnvironment.Path, null).LocateAsync(DataFileSet.Mnist);
        Assert.That(location.Paths, Is.EqualTo(Names.Select(name => Path.Combine(named.Path, subfolder, name + ending))));
        Assert.That(location.Description, Is.EqualTo($"the folder {named.Path}"));
    }

    [Test]
    public async Task Then_the_environment_variable_then_the_cache()
    {
        using TemporaryFolder fromEnvironment = new(), cache = new();
        WriteSet(Path.Combine(cache.Path, "engine", "mnist"), ".gz");
        DataLocation location = await Locator(null, fromEnvironment.Path, cache.Path).LocateAsync(DataFileSet.Mnist);
        Assert.That(location.Description, Does.StartWith("the cache folder"));
        WriteSet(Path.Combine(fromEnvironment.Path, "mnist"), "");
        location = await Locator(null, fromEnvironment.Path, cache.Path).LocateAsync(DataFileSet.Mnist);
        Assert.That(location.Description, Is.EqualTo($"ENGINE_DATA={fromEnvironment.Path}"));
    }

    [Test]
    public void A_named_folder_without_the_files_is_an_error_even_if_they_are_elsewhere()
    {
        using TemporaryFolder named = new(), fromEnvironment = new();
        WriteSet(named.Path, "");
        WriteSet(fromEnvironment.Path, "");
        File.Delete(named.File(Names[2]));
        Assert.That(
            () => Locator(named.Path, fromEnvironment.Path, null).LocateAsync(DataFileSet.Mnist),
            Throws.TypeOf<DataNotFoundException>().With.Message.Contains(named.Path).And.Message.Contains("t10k-images-idx3-ubyte.gz"));
    }

    [Test]
    public void Without_a_download_the_places_looked_at_are_listed()
    {
        using TemporaryFolder fromEnvironment = new(), cache = new();
        Assert.That(
            () => Locator(null, fromEnvironment.Path, cache.Path).LocateAsync(DataFileSet.Mnist),
            Throws.TypeOf<DataNotFoundException>().With.Message.Contains(fromEnvironment.Path).And.Message.Contains(cache.Path));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows has no XDG folders.")]
    public async Task A_download_goes_into_the_cache_and_is_found_there_the_next_time()
    {
        using TemporaryFolder cache = new();
        byte[] content = [1, 2, 3];
        using DownloadServer server = new(request => DownloadServer.Ranged(request, content));
        DataFileSet set = new("tiny", [new("tiny.bin", 3, "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81")], [server.Address]);
        DataLocator locator = new(new DataOptions(), name => name == "XDG_CACHE_HOME" ? cache.Path : null);
        DataLocation location = await locator.LocateAsync(set);
        Assert.That(location.Paths, Is.EqualTo(new[] { Path.Combine(cache.Path, "engine", "tiny", "tiny.bin") }));
        Assert.That(location.Description, Does.StartWith("downloaded into"));
        location = await locator.LocateAsync(set);
        Assert.That(location.Description, Does.StartWith("the cache folder"));
        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void MNIST_is_pinned_to_its_four_files()
    {
        Assert.That(DataFileSet.Mnist.Files.Select(file => file.Name), Is.EqualTo(Names.Select(name => name + ".gz")));
        Assert.That(DataFileSet.Mnist.Files.Select(file => file.Sha256), Is.All.Match("^[0-9a-f]{64}$"));
        Assert.That(DataFileSet.Mnist.Mirrors.Select(mirror => mirror.ToString()), Is.All.Match("^https://.*/$"));
    }

    private static DataLocator Locator(string? named, string? fromEnvironment, string? cache) => new(
        new DataOptions { Directory = named, AllowDownload = false },
        name => name switch
        {
            DataLocator.EnvironmentVariable => fromEnvironment,
            "XDG_CACHE_HOME" => cache ?? Path.Combine(Path.GetTempPath(), "engine-no-such-folder"),
            _ => null,
        });

    internal static void WriteSet(string folder, string ending, int trainCount = 6, int testCount = 4, int side = 5)
    {
        Directory.CreateDirectory(folder);
        foreach ((int at, int count) in ((int, int)[])[(0, trainCount), (2, testCount)])
        {
            IdxFile.Write(Path.Combine(folder, Names[at] + ending), [count, side, side], new byte[count * side * side]);
            IdxFile.Write(Path.Combine(folder, Names[at + 1] + ending), [count], [.. Enumerable.Range(0, count).Select(i => (byte)(i % 3))]);
        }
    }
}
