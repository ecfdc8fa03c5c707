using System.Buffers.Binary;
using System.Text;
using Engine.Data;
using Engine.Formats;
using Engine.Tests.Data;

namespace Engine.Tests.Formats;

/// <summary>What is written is read back, as the format's README lays it out, and what is not such a file is refused.</summary>
public sealed class SafetensorsFileTests
{
    private const long Megabyte = 1 << 20;

    [Test]
    public void Any_tensors_and_metadata_come_back_as_they_were()
    {
        using TemporaryFolder folder = new();
        for (ulong seed = 0; seed < 200; seed++)
        {
            List<(string Name, Tensor Value)> tensors = RandomTensors(new Philox(seed));
            Dictionary<string, string> metadata = new() { ["seed"] = $"{seed}", ["θ \"quoted\"\n"] = "\u0001 é 😀" };
            SafetensorsFile.Write(folder.File("a"), tensors, metadata);
            SafetensorsFile read = SafetensorsFile.Read(folder.File("a"));

            Assert.That(read.Metadata, Is.EquivalentTo(metadata), $"seed {seed}");
            Assert.That(read.Tensors.Keys, Is.EquivalentTo(tensors.Select(t => t.Name)), $"seed {seed}");
            foreach ((string name, Tensor value) in tensors)
            {
                Tensor back = read.Tensors[name];
                Assert.That((back.DType, back.Shape), Is.EqualTo((value.DType, value.Shape)), $"seed {seed}");
                Assert.That(back.Bytes.SequenceEqual(value.Bytes), $"seed {seed}: elements of '{name}'");
            }
        }
    }

    [Test]
    public void The_layout_is_length_header_padded_to_8_bytes_and_data()
    {
        using TemporaryFolder folder = new();
        SafetensorsFile.Write(folder.File("a"), [("w", Tensor.From([1f, -2f], [1, 2])), ("d", Tensor.From(0.5))]);
        byte[] file = File.ReadAllBytes(folder.File("a"));

        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.That(header % 8, Is.Zero);
        Assert.That(
            Encoding.UTF8.GetString(file, 8, header).TrimEnd(' '),
            Is.EqualTo("""{"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}"""));
        Assert.That(Convert.ToHexString(file[(8 + header)..]), Is.EqualTo("000000000000E03F" + "0000803F" + "000000C0"));
    }

    [Test]
    public void A_file_cut_at_any_length_is_refused()
    {
        foreach (byte[] cut in Damage.Cuts(Sample()))
        {
            Assert.That(Damage.ReadOrRefuse(cut, Read, Megabyte), Is.Null, $"cut to {cut.Length} bytes");
        }
    }

    [Test]
    public void A_file_with_one_bit_flipped_is_read_or_refused_but_never_crashes()
    {
        byte[] sample = Sample();
        int refused = Damage.Flips(sample).Count(flipped => Damage.ReadOrRefuse(flipped, Read, Megabyte) is null);

        // All but those in names, texts and elements, which change what is said but not whether it makes sense.
        Assert.That(refused, Is.GreaterThan(sample.Length));
    }

    [Test]
    public void A_scribbled_file_is_read_or_refused_but_never_crashes()
    {
        foreach (byte[] scribbled in Damage.Scribbles(Sample(), seed: 11, count: 5000))
        {
            Damage.ReadOrRefuse(scribbled, Read, Megabyte, "seed 11");
        }
    }

    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "Duplicate", TestName = "Two tensors of one name")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'b' at 4 overlaps", TestName = "Overlapping tensors")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""", 20, "'b' at 12 leaves a gap", TestName = "A gap between tensors")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'a' at 4 leaves a gap", TestName = "A gap at the beginning")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "the tensors take 8 bytes, after the header the file has 12", TestName = "Bytes nobody owns")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "the tensors take 8 bytes, after the header the file has 4", TestName = "Offsets beyond the file")]
    [TestCase("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes, its data_offsets [0, 8] say 8", TestName = "A shape that does not fit its bytes")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "dimension 0 of tensor 'a'", TestName = "A negative dimension")]
    [TestCase("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, "dimension 0 of tensor 'a'", TestName = "A dimension of nothing")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "dimension 0 of tensor 'a'", TestName = "A broken dimension")]
    [TestCase("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "dimension 0 of tensor 'a'", TestName = "A dimension in words")]
    [TestCase("""{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,8]}}""", 8, "dimension 0 of tensor 'a'", TestName = "A dimension beyond 31 bits")]
    [TestCase("""{"a":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}}""", 0, "'a' is too large", TestName = "Dimensions whose product wraps round to nothing")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "has 7 dimensions", TestName = "Too many dimensions")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "data_offsets of tensor 'a'", TestName = "Offsets the wrong way round")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "data_offsets of tensor 'a'", TestName = "A negative offset")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "data_offsets of tensor 'a'", TestName = "Three offsets")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}""", 8, "data_offsets of tensor 'a'", TestName = "An offset beyond 64 bits")]
    [TestCase("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""", 8, "tensor 'a' is of type 'BF16'; types F32, F64 and I32", TestName = "A type there is not here")]
    [TestCase("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", 8, "tensor 'a' is of type 'F16'", TestName = "Half precision")]
    [TestCase("""{"a\u001b[2J":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""", 8, "tensor 'a?[2J' is of type", TestName = "A name that a terminal would obey")]
    [TestCase("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "'a' is not described", TestName = "No type")]
    [TestCase("""{"a":[]}""", 0, "'a' is not described", TestName = "No description")]
    [TestCase("""{"\ud800":{}}""", 0, "not valid Unicode", TestName = "Half a character")]
    [TestCase("""{"__metadata__":{"a":1}}""", 0, "metadata 'a' is no text", TestName = "Metadata of numbers")]
    [TestCase("""{"__metadata__":[]}""", 0, "no object of texts", TestName = "Metadata that is a list")]
    [TestCase("""{"a":{"b":{"c":{"d":{}}}}}""", 0, "not JSON as the format wants it", TestName = "Too deep")]
    [TestCase("""{"a":""", 0, "not JSON as the format wants it", TestName = "Half a header")]
    [TestCase("""[1, 2]""", 0, "begins with '{'", TestName = "A header that is a list")]
    [TestCase(""" {}""", 0, "begins with '{'", TestName = "A header that begins with a space")]
    public void A_lie_is_refused_and_named(string header, int dataBytes, string complaint)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        Assert.That(
            () => Read(WithHeader(text, dataBytes), "x"),
            Throws.TypeOf<InvalidFileException>().With.Message.StartsWith("x: byte").And.Message.Contains(complaint));
    }

    [Test]
    public void A_header_in_broken_utf8_is_refused()
    {
        byte[] text = [.. "{\""u8, 0xFF, 0xFE, .. "\":{}}"u8];
        Assert.That(() => Read(WithHeader(text, 0), "x"), Throws.TypeOf<InvalidFileException>());
    }

    [TestCase(ulong.MaxValue)]
    [TestCase(1UL << 63)]
    [TestCase(100_000_001UL)]
    [TestCase(17UL)]
    [TestCase(0UL)]
    public void A_header_length_that_the_file_does_not_have_is_refused_before_memory_is_taken(ulong length)
    {
        byte[] file = new byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        Assert.That(Damage.ReadOrRefuse(file, Read, Megabyte), Is.Null);
    }

    [Test]
    public void An_empty_file_of_no_tensors_is_a_file()
    {
        Assert.That(Read(WithHeader("{}"u8.ToArray(), 0), "x").Tensors, Is.Empty);
    }

    [Test]
    public void Two_tensors_of_one_name_are_not_written_and_the_old_file_stays()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("a", [1, 2, 3]);
        Tensor x = Tensor.From(1f);
        Assert.That(() => SafetensorsFile.Write(path, [("x", x), ("x", x)]), Throws.ArgumentException);
        Assert.That(() => SafetensorsFile.Write(path, [("__metadata__", x)]), Throws.ArgumentException);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1), "no temporary file is left");
    }

    [Test]
    public void A_tensor_read_inside_a_step_outlives_it()
    {
        using TemporaryFolder folder = new();
        SafetensorsFile.Write(folder.File("a"), [("x", Tensor.From(1f, 2f))]);
        SafetensorsFile file;
        using (Device.Cpu.BeginStep())
        {
            file = SafetensorsFile.Read(folder.File("a"));
        }

        Assert.That(file.Tensors["x"].AsSpan<float>().ToArray(), Is.EqualTo(new[] { 1f, 2f }));
    }

    private static SafetensorsFile Read(byte[] file, string name) => SafetensorsFile.Read(new MemoryStream(file), name);

    private static byte[] WithHeader(byte[] header, int dataBytes)
    {
        byte[] file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        return file;
    }

    private static byte[] Sample()
    {
        using TemporaryFolder folder = new();
        SafetensorsFile.Write(
            folder.File("a"),
            [("conv.weight", Tensor.From([1f, 2f, 3f, 4f, 5f, 6f], [2, 3])), ("m", Tensor.From(1.5, 2.5)), ("labels", Tensor.From(7, 8, 9)), ("s", Tensor.From([3f], []))],
            new Dictionary<string, string> { ["model"] = "test" });
        return File.ReadAllBytes(folder.File("a"));
    }

    private static List<(string Name, Tensor Value)> RandomTensors(Philox random)
    {
        List<(string, Tensor)> tensors = [];
        int count = random.NextInt(6);
        for (int i = 0; i < count; i++)
        {
            int[] sizes = new int[random.NextInt(Shape.MaxRank + 1)];
            for (int axis = 0; axis < sizes.Length; axis++)
            {
                sizes[axis] = 1 + random.NextInt(4);
            }

            Tensor tensor = new(new Shape(sizes), (DType)random.NextInt(3));
            foreach (ref byte b in tensor.Bytes)
            {
                b = (byte)random.NextUInt32();
            }

            tensors.Add(($"tensor {i} λ", tensor));
        }

        return tensors;
    }
}
