using System.Runtime.CompilerServices;
using Engine.Tests.Data;

namespace Engine.Tests.Tensors;

/// <summary>A tensor that lies in a mapped file is a tensor like any other.</summary>
public sealed class MappedFileTests
{
    [Test]
    public void Its_elements_are_those_of_the_file()
    {
        using TemporaryFolder folder = new();
        (_, MappedFile file) = Numbers(folder);
        Tensor x = file.At(8, [2, 3], DType.Float32)!;
        Assert.That((x.DType, x.Shape, x.Device), Is.EqualTo((DType.Float32, new Shape(2, 3), Device.Cpu)));
        Assert.That(x.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 2, 3, 4, 5, 6, 7 }));
        Assert.That(x.AsTensorSpan<float>()[1, 0], Is.EqualTo(5));
        Assert.That(x.GetFlat(5), Is.EqualTo(7));
        Assert.That(x.Reshape([3, 2]).AsTensorSpan<float>()[2, 0], Is.EqualTo(6));
        Assert.That(x.Part(2, [2]).AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 4, 5 }));
        Assert.That(x.Clone().AsSpan<float>().ToArray(), Is.EqualTo(x.AsSpan<float>().ToArray()));
        Assert.That(x.To(DType.Float64).AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 2, 3, 4, 5, 6, 7 }));
    }

    [Test]
    public void Two_share_memory_where_they_begin_at_one_byte_of_one_mapping()
    {
        using TemporaryFolder folder = new();
        (string path, MappedFile file) = Numbers(folder);
        Tensor x = file.At(8, [2, 3], DType.Float32)!;
        Assert.That(x.SharesMemoryWith(x.Reshape([6])));
        Assert.That(x.SharesMemoryWith(file.At(8, [1], DType.Float32)!));
        Assert.That(x.SharesMemoryWith(x.Part(1, [1])), Is.False);
        Assert.That(x.SharesMemoryWith(x.Clone()), Is.False);
        Assert.That(x.SharesMemoryWith(Map(path).At(8, [2, 3], DType.Float32)!), Is.False, "another mapping of the file");
    }

    [Test]
    public void What_is_written_to_it_stays_out_of_the_file()
    {
        using TemporaryFolder folder = new();
        (string path, MappedFile file) = Numbers(folder);
        byte[] before = File.ReadAllBytes(path);
        Tensor x = file.At(0, [16], DType.Float32)!;
        x.AsSpan<float>()[3] = -1;
        Tensor.From(9f).CopyTo(x.Part(4, [1]));
        x.SetFlat(5, 10);
        Assert.That(x.AsSpan<float>()[3..6].ToArray(), Is.EqualTo(new float[] { -1, 9, 10 }));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(before));
        Assert.That(Map(path).At(0, [16], DType.Float32)!.GetFlat(3), Is.EqualTo(3), "who maps it next sees the file");
    }

    [Test]
    public void There_is_none_beyond_the_end_or_where_its_elements_cannot_begin()
    {
        using TemporaryFolder folder = new();
        (_, MappedFile file) = Numbers(folder);
        Assert.That(file.At(60, [1], DType.Float32), Is.Not.Null);
        Assert.That(file.At(60, [2], DType.Float32), Is.Null);
        Assert.That(file.At(64, [1], DType.Float32), Is.Null);
        Assert.That(file.At(-4, [1], DType.Float32), Is.Null);
        Assert.That(file.At(5, [1], DType.Float32), Is.Null);
        Assert.That(file.At(4, [1], DType.Float64), Is.Null);
    }

    [Test]
    public void What_has_no_pages_is_not_mapped()
    {
        using TemporaryFolder folder = new();
        using FileStream empty = File.OpenRead(folder.Write("empty", []));
        Assert.That(MappedFile.Open(empty), Is.Null);
    }

    [Test]
    [Platform("Linux", Reason = "Linux shows the state of its devices as files that it refuses to map.")]
    public void What_the_system_refuses_to_map_is_not_mapped()
    {
        using FileStream device = File.OpenRead("/sys/kernel/mm/transparent_hugepage/enabled");
        Assert.That(device.Length, Is.Positive);
        Assert.That(MappedFile.Open(device), Is.Null);
    }

    [Test]
    [Platform("Linux", Reason = "Linux tells a process what it has mapped.")]
    public void A_mapping_stays_when_nobody_has_its_tensors_any_more()
    {
        using TemporaryFolder folder = new();
        string path = Forget(folder);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(File.ReadAllText("/proc/self/maps").Contains(path, StringComparison.Ordinal));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows lets nobody delete a mapped file.")]
    public void A_file_may_be_deleted_once_it_is_mapped()
    {
        using TemporaryFolder folder = new();
        (string path, MappedFile file) = Numbers(folder);
        File.Delete(path);
        Assert.That(file.At(60, [1], DType.Float32)!.Item(), Is.EqualTo(15));
    }

    // In a method of its own: what it had is garbage when it returns.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Forget(TemporaryFolder folder)
    {
        (string path, MappedFile file) = Numbers(folder);
        Assert.That(file.At(4, [1], DType.Float32)!.Item(), Is.EqualTo(1));
        return path;
    }

    // The numbers 0 … 15.
    private static (string Path, MappedFile File) Numbers(TemporaryFolder folder)
    {
        string path = folder.Write("numbers", [.. Enumerable.Range(0, 16).SelectMany(i => BitConverter.GetBytes((float)i))]);
        return (path, Map(path));
    }

    private static MappedFile Map(string path)
    {
        using FileStream file = File.OpenRead(path);
        return MappedFile.Open(file)!;
    }
}
