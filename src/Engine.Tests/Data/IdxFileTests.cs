using System.IO.Compression;
using Engine.Data;

namespace Engine.Tests.Data;

public sealed class IdxFileTests
{
    private static readonly byte[] Plain = MakePlain();

    private static readonly byte[] Gzipped = Gzip(Plain);

    [Test]
    public void What_is_written_is_read_again([Values("a.idx", "a.idx.gz")] string name)
    {
        using TemporaryFolder folder = new();
        byte[] data = [.. Enumerable.Range(0, 24).Select(i => (byte)(i * 11))];
        IdxFile.Write(folder.File(name), [2, 3, 4], data);
        IdxArray array = IdxFile.Read(folder.File(name));
        Assert.That(array.Shape, Is.EqualTo(new Shape(2, 3, 4)));
        Assert.That(array.Type, Is.EqualTo(IdxType.UInt8));
        Assert.That(array.Data, Is.EqualTo(data));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1), "no temporary file stays");
    }

    [Test]
    public void The_header_is_that_of_MNIST()
    {
        using TemporaryFolder folder = new();
        IdxFile.Write(folder.File("labels"), [3], [7, 2, 1]);
        Assert.That(File.ReadAllBytes(folder.File("labels")), Is.EqualTo(new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1 }));
    }

    [TestCase(IdxType.UInt8, new byte[] { 0xFF, 0x01 }, DType.Int32, 255, 1)]
    [TestCase(IdxType.Int8, new byte[] { 0xFF, 0x01 }, DType.Int32, -1, 1)]
    [TestCase(IdxType.Int16, new byte[] { 0xFF, 0xFE, 0x01, 0x00 }, DType.Int32, -2, 256)]
    [TestCase(IdxType.Int32, new byte[] { 0xFF, 0xFF, 0xFF, 0xFE, 0, 1, 0, 0 }, DType.Int32, -2, 65536)]
    [TestCase(IdxType.Float32, new byte[] { 0xC0, 0, 0, 0, 0x3F, 0, 0, 0 }, DType.Float32, -2, 0.5)]
    [TestCase(IdxType.Float64, new byte[] { 0xC0, 0, 0, 0, 0, 0, 0, 0, 0x3F, 0xE0, 0, 0, 0, 0, 0, 0 }, DType.Float64, -2, 0.5)]
    public void Every_type_is_read_big_endian(IdxType type, byte[] data, DType dtype, double first, double second)
    {
        byte[] file = [0, 0, (byte)type, 1, 0, 0, 0, 2, .. data];
        Tensor tensor = IdxFile.Parse(file, "f").ToTensor();
        Assert.That(tensor.DType, Is.EqualTo(dtype));
        Assert.That((tensor.GetFlat(0), tensor.GetFlat(1)), Is.EqualTo((first, second)));
    }

    [Test]
    public void A_file_cut_anywhere_is_refused()
    {
        foreach (byte[] file in Damage.Cuts(Plain).Concat(Damage.Cuts(Gzipped)))
        {
            Assert.That(Damage.ReadOrRefuse(file, IdxFile.Parse, 200_000), Is.Null, $"cut at {file.Length}");
        }
    }

    [Test]
    public void Bytes_after_the_end_are_refused()
    {
        Assert.That(Damage.ReadOrRefuse([.. Plain, 0], IdxFile.Parse, 200_000), Is.Null);
        Assert.That(Damage.ReadOrRefuse([.. Gzipped, 0], IdxFile.Parse, 200_000), Is.Null);
        Assert.That(Damage.ReadOrRefuse([.. Gzipped, .. Gzipped], IdxFile.Parse, 200_000), Is.Null);
        Assert.That(Damage.ReadOrRefuse(Gzip([.. Plain, 0]), IdxFile.Parse, 200_000), Is.Null);
    }

    [Test]
    public void A_flipped_bit_in_gzip_is_found_or_harmless()
    {
        foreach (byte[] file in Damage.Flips(Gzipped))
        {
            IdxArray? read = Damage.ReadOrRefuse(file, IdxFile.Parse, 200_000);
            Assert.That(read is null || read.Data.SequenceEqual(IdxFile.Parse(Plain, "plain").Data), Convert.ToHexString(file));
        }
    }

    [Test]
    public void A_header_bit_that_flips_never_goes_unnoticed()
    {
        // 00 00 08 03, then three dimensions: every bit of the 16 bytes matters, but 08 (UInt8) and 09 (Int8) differ in
        // the meaning of the elements alone; that one is for the reader of images to find.
        foreach (byte[] file in Damage.Flips(Plain).Take(8 * 16).Where(file => file[2] != (byte)IdxType.Int8))
        {
            Assert.That(Damage.ReadOrRefuse(file, IdxFile.Parse, 200_000), Is.Null, Convert.ToHexString(file));
        }
    }

    [Test]
    public void Random_damage_ends_in_one_kind_of_exception()
    {
        const ulong Seed = 20260101;
        foreach (byte[] file in Damage.Scribbles(Plain, Seed, 2000).Concat(Damage.Scribbles(Gzipped, Seed, 2000)))
        {
            Damage.ReadOrRefuse(file, IdxFile.Parse, 200_000, $"seed {Seed}");
        }
    }

    [TestCase(new byte[] { 0, 0, 8, 1, 0x7F, 0xFF, 0xFF, 0xF0 }, TestName = "Two_gigabytes_in_eight_bytes_are_refused")]
    [TestCase(new byte[] { 0, 0, 14, 2, 0, 1, 0, 0, 0, 1, 0, 0 }, TestName = "A_product_of_2_to_the_32_is_refused")]
    [TestCase(new byte[] { 0, 0, 8, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0 }, TestName = "A_product_of_2_to_the_64_is_refused")]
    [TestCase(new byte[] { 0, 0, 8, 2, 0x80, 0, 0, 0, 0, 0, 0, 2 }, TestName = "A_dimension_that_is_negative_as_an_int_is_refused")]
    [TestCase(new byte[] { 0, 0, 8, 1, 0, 0, 0, 0 }, TestName = "A_dimension_of_zero_is_refused")]
    [TestCase(new byte[] { 0, 0, 8, 0 }, TestName = "An_array_without_dimensions_is_refused")]
    [TestCase(new byte[] { 0, 0, 8, 255 }, TestName = "An_array_of_255_dimensions_is_refused")]
    public void Lying_sizes_take_no_memory(byte[] header)
    {
        Assert.That(Damage.ReadOrRefuse(header, IdxFile.Parse, 20_000), Is.Null);

        // In gzip the promise cannot be compared with the file's length, only with what deflate can do.
        Assert.That(Damage.ReadOrRefuse(Gzip(header), IdxFile.Parse, 200_000), Is.Null);
    }

    [Test]
    public void A_gzip_bomb_is_refused_without_being_unpacked()
    {
        byte[] bomb = Gzip([0, 0, 8, 1, 0, 0, 0, 8, .. new byte[20_000_000]]);
        Assert.That(bomb, Has.Length.LessThan(50_000));
        Assert.That(Damage.ReadOrRefuse(bomb, IdxFile.Parse, 200_000), Is.Null);
    }

    [Test]
    public void The_message_names_the_file_and_the_place()
    {
        InvalidFileException refusal = Assert.Throws<InvalidFileException>(() => IdxFile.Parse(Plain[..^1], "train.idx"))!;
        Assert.That(refusal.Message, Is.EqualTo(
            "train.idx: byte 75: the header promises [5, 3, 4] elements of UInt8, 76 bytes in all, the file has 75."));
    }

    [Test]
    public void Images_and_labels_must_agree_in_number()
    {
        using TemporaryFolder folder = new();
        IdxFile.Write(folder.File("images"), [3, 2, 2], new byte[12]);
        IdxFile.Write(folder.File("labels"), [2], [0, 1]);
        Assert.That(
            () => IdxImageSet.Read("set", folder.File("images"), folder.File("labels")),
            Throws.TypeOf<InvalidFileException>().With.Message.Contains("2 labels for the 3 images"));
    }

    [Test]
    public void A_label_without_a_class_is_refused_with_its_place()
    {
        using TemporaryFolder folder = new();
        IdxFile.Write(folder.File("images"), [3, 2, 2], new byte[12]);
        IdxFile.Write(folder.File("labels"), [3], [0, 10, 1]);
        Assert.That(
            () => IdxImageSet.Read("set", folder.File("images"), folder.File("labels"), IdxImageSet.DigitNames),
            Throws.TypeOf<InvalidFileException>().With.Message.Contains("byte 9: label 10, there are 10 classes"));
    }

    private static byte[] MakePlain()
    {
        byte[] file = new byte[16 + 60];
        new byte[] { 0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 4 }.CopyTo(file, 0);
        for (int i = 16; i < file.Length; i++)
        {
            file[i] = (byte)(i * i);
        }

        return file;
    }

    private static byte[] Gzip(byte[] content)
    {
        using MemoryStream memory = new();
        using (GZipStream gzip = new(memory, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        return memory.ToArray();
    }
}
