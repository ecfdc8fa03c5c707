using System.Buffers.Binary;
using Engine.Data;
using Engine.Formats;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tests.Data;
using Engine.Tests.House;

namespace Engine.Tests.Formats;

/// <summary>A network whose weights lie in a mapped file is the network whose weights were read from it.</summary>
public sealed class MappedWeightsTests
{
    private const long Megabyte = 1 << 20;

    [Test]
    public void It_gives_the_same_answers_to_the_bit()
    {
        using TemporaryFolder folder = new();
        string path = Saved(folder);
        Network read = Read(path), mapped = Mapped(path);
        AssertSame(read, mapped);
        Assert.That(AnswersOf(mapped), Is.EqualTo(AnswersOf(read)));
        Assert.That(
            mapped.Freeze([3, 2, 6, 6]).Predict(Samples).AsSpan<float>().ToArray(),
            Is.EqualTo(read.Freeze([3, 2, 6, 6]).Predict(Samples).AsSpan<float>().ToArray()));
    }

    // Other programs pad the header to 8 bytes or not at all.
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(4)]
    [TestCase(8)]
    public void It_gives_the_same_answers_wherever_in_the_file_its_elements_begin(int shift)
    {
        using TemporaryFolder folder = new();
        string path = Saved(folder), shifted = folder.Write("shifted", WithLongerHeader(File.ReadAllBytes(path), shift));
        Assert.That(AnswersOf(Mapped(shifted)), Is.EqualTo(AnswersOf(Read(path))));
    }

    [Test]
    public void It_learns_like_the_other_and_the_file_stays_as_it_is()
    {
        using TemporaryFolder folder = new();
        string path = Saved(folder);
        byte[] before = File.ReadAllBytes(path);
        Network read = Read(path), mapped = Mapped(path);
        Learn(read);
        Learn(mapped);
        AssertSame(read, mapped);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(before));
        Assert.That(mapped.NamedParameters().Any(p => !p.Parameter.Value.Bytes.SequenceEqual(SafetensorsFile.Read(path).Tensors[p.Path].Bytes)), "it has learned something");
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows lets nobody replace a mapped file.")]
    public void It_answers_as_before_when_the_file_is_replaced_or_deleted()
    {
        using TemporaryFolder folder = new();
        string path = Saved(folder);
        float[] expected = AnswersOf(Read(path));
        Network untouched = Mapped(path);
        WeightsFile.Save(path, Small(seed: 5), new WeightsInfo());
        Assert.That(AnswersOf(Read(path)), Is.Not.EqualTo(expected));
        Assert.That(AnswersOf(untouched), Is.EqualTo(expected));
        File.Delete(path);
        Assert.That(AnswersOf(untouched), Is.EqualTo(expected));
    }

    [Test]
    public void Weights_are_neither_drawn_nor_copied()
    {
        using TemporaryFolder folder = new();
        SafetensorsFile.Write(folder.File("w"), [("holder1.w", Tensor.Zeros([1024, 1024]))]);
        long once = 4 * Megabyte, little = Megabyte / 4;
        Assert.That(Allocated(() => WeightsFile.Map(folder.File("w"), Undrawn())), Is.LessThan(little));
        Assert.That(Allocated(() => WeightsFile.Load(folder.File("w"), Undrawn())), Is.InRange(once, once + little), "read, they are there once");
    }

    [Test]
    public void A_parameter_that_has_a_value_keeps_its_tensor_and_gets_the_numbers()
    {
        using TemporaryFolder folder = new();
        string path = Saved(folder);
        Network network = Small(seed: 2);
        Tensor[] before = [.. network.NamedParameters().Select(p => p.Parameter.Value)];
        WeightsFile.Map(path, network);
        AssertSame(Read(path), network);
        Assert.That(network.NamedParameters().Select(p => p.Parameter.Value), Is.EqualTo(before).Using<Tensor>(ReferenceEquals));
    }

    [Test]
    public void A_network_of_another_type_gets_the_numbers_in_its_own()
    {
        using TemporaryFolder folder = new();
        string path = Saved(folder);
        Network read = Small(seed: 2), mapped = Small(seed: 3);
        read.ConvertTo(DType.Float64);
        mapped.ConvertTo(DType.Float64);
        WeightsFile.Load(path, read);
        WeightsFile.Map(path, mapped);
        Assert.That(mapped.NamedParameters().Select(p => p.Parameter.Value.DType), Is.All.EqualTo(DType.Float64));
        AssertSame(read, mapped);
    }

    [Test]
    public void Weights_of_PyTorch_are_mapped_and_those_of_dense_layers_transposed()
    {
        using TemporaryFolder folder = new();
        Network saved = Small(seed: 1), mapped = Small(seed: 2);
        PyTorchWeights.Save(folder.File("w"), saved);
        using (Device.Cpu.BeginStep())
        {
            PyTorchWeights.Map(folder.File("w"), mapped);
        }

        AssertSame(saved, mapped);
        Assert.That(AnswersOf(mapped), Is.EqualTo(AnswersOf(saved)));
    }

    [Test]
    public void A_file_cut_at_any_length_is_refused_as_when_it_is_read()
    {
        using TemporaryFolder folder = new();
        byte[] file = File.ReadAllBytes(Saved(folder));
        foreach (byte[] cut in Damage.Cuts(file))
        {
            string path = folder.Write("cut", cut);
            string complaint = Assert.Throws<InvalidFileException>(() => SafetensorsFile.Read(path)).Message;
            Assert.That(() => SafetensorsFile.Map(path), Throws.TypeOf<InvalidFileException>().With.Message.EqualTo(complaint), $"cut to {cut.Length} bytes");
        }
    }

    [Test]
    public void A_file_with_one_bit_of_the_header_flipped_is_refused_or_mapped_as_when_it_is_read()
    {
        using TemporaryFolder folder = new();
        SafetensorsFile.Write(folder.File("a"), [("m", Tensor.From(1.5, 2.5)), ("x", Tensor.From(7f))]);
        int count = 0;
        foreach (byte[] flipped in Damage.Flips(File.ReadAllBytes(folder.File("a"))))
        {
            string path = folder.Write($"flipped{count++}", flipped);
            string read = Contents(SafetensorsFile.Read), mapped = Contents(SafetensorsFile.Map);
            Assert.That(mapped, Is.EqualTo(read), Convert.ToHexString(flipped));

            string Contents(Func<string, SafetensorsFile> open)
            {
                try
                {
                    return string.Join("; ", open(path).Tensors.Select(t => $"{t.Key}: {t.Value} {Convert.ToHexString(t.Value.Bytes)}"));
                }
                catch (InvalidFileException refusal)
                {
                    return refusal.Message;
                }
            }
        }
    }

    [Test]
    public void In_files_written_here_tensors_of_whole_cache_lines_begin_one_and_all_begin_where_their_elements_can()
    {
        using TemporaryFolder folder = new();
        for (ulong seed = 0; seed < 100; seed++)
        {
            Philox random = new(seed);
            (string, Tensor)[] tensors =
                [.. Enumerable.Range(0, 1 + random.NextInt(8)).Select(i => ($"{i}", new Tensor([1 + random.NextInt(64)], (DType)random.NextInt(3))))];
            SafetensorsFile.Write(folder.File("a"), tensors);
            using FileStream file = File.OpenRead(folder.File("a"));
            SafetensorsHeader header = SafetensorsHeader.Read(file, "a");
            foreach (SafetensorsEntry entry in header.Entries)
            {
                long begin = header.DataStart + entry.Begin, bytes = entry.End - entry.Begin;
                Assert.That(begin % (bytes % 64 == 0 ? 64 : entry.DType.Size()), Is.Zero, $"seed {seed}: {entry}");
            }
        }
    }

    private static Tensor Samples => Tensor.From([.. Enumerable.Range(0, 3 * 2 * 36).Select(i => (float)Math.Sin(i))], [3, 2, 6, 6]);

    private static Network Small(ulong seed)
    {
        Philox random = new(seed);
        return
        [
            new Conv2D(2, 5, 3, random) { Name = "conv1" },
            new BatchNormalization(5) { Name = "bn1" },
            new ReLU(),
            new Flatten(),
            new Dense(80, 7, random) { Name = "fc1" },
            new Dense(7, 4, random) { Name = "fc2" },
        ];
    }

    private static string Saved(TemporaryFolder folder)
    {
        WeightsFile.Save(folder.File("w"), Small(seed: 1), new WeightsInfo());
        return folder.File("w");
    }

    private static Network Read(string path)
    {
        Network network = Small(seed: 2);
        WeightsFile.Load(path, network);
        return network;
    }

    private static Network Mapped(string path)
    {
        Network network = Small(seed: 3);
        WeightsFile.Map(path, network);
        return network;
    }

    private static float[] AnswersOf(Network network) => network.Predict(Samples).AsSpan<float>().ToArray();

    private static void Learn(Network network)
    {
        Adam optimizer = new(network);
        SparseCategoricalCrossEntropy loss = new();
        Pass pass = new(Mode.Training);
        loss.Forward(network.Forward(Samples, pass), Tensor.From(0, 1, 2), pass);
        network.Backward(loss.Backward(pass), pass);
        optimizer.Step();
    }

    private static byte[] WithLongerHeader(byte[] file, int more)
    {
        long length = BinaryPrimitives.ReadInt64LittleEndian(file);
        int end = 8 + (int)length;
        byte[] longer = [.. file.AsSpan(0, end), .. Enumerable.Repeat((byte)' ', more), .. file.AsSpan(end)];
        BinaryPrimitives.WriteInt64LittleEndian(longer, length + more);
        return longer;
    }

    private static long Allocated(Action action)
    {
        action();
        return Allocations.Of(action);
    }

    // A layer whose weight must never be drawn.
    private static Network Undrawn() => [new Holder()];

    private static void AssertSame(Network expected, Network actual)
    {
        foreach (((string path, Parameter a), (_, Parameter b)) in expected.NamedParameters().Zip(actual.NamedParameters()))
        {
            Assert.That(b.Value.Bytes.SequenceEqual(a.Value.Bytes), path);
        }
    }

    private sealed class Holder : Layer
    {
        public override IReadOnlyList<Parameter> Parameters { get; } =
            [new Parameter("w", [1024, 1024], () => throw new InvalidOperationException("A weight was drawn that the file brings."))];

        public override Shape OutputShape(Shape input) => input;

        public override Tensor Forward(Tensor x, Pass pass) => x;

        public override Tensor Backward(Tensor g, Pass pass) => g;
    }
}
