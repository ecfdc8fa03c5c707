using Engine.Data;
using Engine.Formats;
using Engine.Layers;
using Engine.Networks;
using Engine.Tests.Data;

namespace Engine.Tests.Formats;

/// <summary>A network's weights survive the file, and go into no other network.</summary>
public sealed class WeightsFileTests
{
    [Test]
    public void A_network_made_anew_gets_every_weight_and_statistic_back()
    {
        using TemporaryFolder folder = new();
        Network saved = Small(seed: 1), loaded = Small(seed: 2);
        saved.NamedParameters().Single(p => p.Path == "batchnormalization1.running_mean").Parameter.Value.AsSpan<float>().Fill(0.25f);
        WeightsFile.Save(folder.File("w"), saved, new WeightsInfo());
        WeightsFile.Load(folder.File("w"), loaded);
        AssertSame(saved, loaded);
    }

    [Test]
    public void What_a_file_says_about_its_network_comes_back()
    {
        using TemporaryFolder folder = new();
        WeightsInfo info = new()
        {
            Model = "lenet5",
            InputShape = new Shape(1, 28, 28),
            ClassNames = ["cat", "dog, the \"good\" one", "ü"],
            Seed = ulong.MaxValue,
            Settings = new Dictionary<string, string> { ["hidden"] = "128" },
        };
        WeightsFile.Save(folder.File("w"), Small(1), info);
        WeightsInfo read = WeightsFile.ReadInfo(folder.File("w"));
        Assert.That((read.Model, read.InputShape, read.Seed), Is.EqualTo((info.Model, info.InputShape, info.Seed)));
        Assert.That(read.ClassNames, Is.EqualTo(info.ClassNames));
        Assert.That(read.Settings, Is.EqualTo(info.Settings));
        Assert.That(read.EngineVersion, Is.EqualTo(typeof(WeightsFile).Assembly.GetName().Version!.ToString(3)));
    }

    [Test]
    public void A_file_of_another_program_needs_no_metadata()
    {
        using TemporaryFolder folder = new();
        Network network = Small(1);
        SafetensorsFile.Write(folder.File("w"), network.NamedParameters().Select(p => (p.Path, p.Parameter.Value)));
        Network loaded = Small(2);
        WeightsInfo info = WeightsFile.Load(folder.File("w"), loaded);
        Assert.That((info.Model, info.InputShape, info.EngineVersion), Is.EqualTo(("network", (Shape?)null, (string?)null)));
        AssertSame(network, loaded);
    }

    [Test]
    public void Weights_go_from_Float32_to_Float64_and_back_without_loss()
    {
        using TemporaryFolder folder = new();
        Network single = Small(1), wide = Small(2), back = Small(3);
        wide.ConvertTo(DType.Float64);
        WeightsFile.Save(folder.File("32"), single, new WeightsInfo());
        WeightsFile.Load(folder.File("32"), wide);
        Assert.That(wide.NamedParameters().Select(p => p.Parameter.Value.DType), Is.All.EqualTo(DType.Float64));
        WeightsFile.Save(folder.File("64"), wide, new WeightsInfo());
        WeightsFile.Load(folder.File("64"), back);
        AssertSame(single, back);
    }

    [Test]
    public void A_missing_tensor_is_named()
    {
        Network with = new() { new Dense(3, 2, new Philox(1)) }, without = new() { new Dense(3, 2, new Philox(1), bias: false) };
        AssertRefused(without, with, "tensor 'dense1.bias' [2] is missing; is this the file of another network?");
    }

    [Test]
    public void An_unexpected_tensor_is_named()
    {
        Network with = new() { new Dense(3, 2, new Philox(1)) }, without = new() { new Dense(3, 2, new Philox(1), bias: false) };
        AssertRefused(with, without, "tensor 'dense1.bias' [2] has no place in the network, which has 1 tensors");
    }

    [Test]
    public void Another_shape_is_named_and_nothing_is_loaded()
    {
        Network narrow = new() { new Dense(3, 3, new Philox(1)), new Dense(3, 2, new Philox(1)) };
        Network wide = new() { new Dense(3, 3, new Philox(2)), new Dense(3, 4, new Philox(2)) };
        float before = wide.NamedParameters()[0].Parameter.Value.AsSpan<float>()[0];
        AssertRefused(narrow, wide, "tensor 'dense2.weight' is Float32 [3, 2], the network expects Float32 [3, 4]");
        Assert.That(wide.NamedParameters()[0].Parameter.Value.AsSpan<float>()[0], Is.EqualTo(before));
    }

    [Test]
    public void Labels_are_no_weights()
    {
        using TemporaryFolder folder = new();
        Network network = new() { new Dense(3, 2, new Philox(1), bias: false) };
        SafetensorsFile.Write(folder.File("w"), [("dense1.weight", Tensor.From([1, 2, 3, 4, 5, 6], [3, 2]))]);
        Assert.That(() => WeightsFile.Load(folder.File("w"), network), Throws.TypeOf<IncompatibleFileException>());
    }

    [TestCase("input_shape", "[0]")]
    [TestCase("input_shape", "[1, null]")]
    [TestCase("input_shape", "28")]
    [TestCase("class_names", "{}")]
    [TestCase("class_names", "[1]")]
    [TestCase("class_names", "[null]")]
    [TestCase("seed", "-1")]
    public void Malformed_metadata_is_refused_by_name(string key, string value)
    {
        using TemporaryFolder folder = new();
        SafetensorsFile.Write(folder.File("w"), [], new Dictionary<string, string> { [key] = value });
        Assert.That(
            () => WeightsFile.ReadInfo(folder.File("w")),
            Throws.TypeOf<InvalidFileException>().With.Message.EndsWith($"metadata '{key}' is missing or malformed."));
    }

    private static Network Small(ulong seed)
    {
        Philox random = new(seed);
        return new Network { new Conv2D(2, 3, 3, random), new BatchNormalization(3), new Flatten(), new Dense(12, 2, random) };
    }

    private static void AssertRefused(Network saved, Network loaded, string complaint)
    {
        using TemporaryFolder folder = new();
        WeightsFile.Save(folder.File("w"), saved, new WeightsInfo());
        Assert.That(
            () => WeightsFile.Load(folder.File("w"), loaded),
            Throws.TypeOf<IncompatibleFileException>().With.Message.EqualTo($"{folder.File("w")}: {complaint}."));
    }

    private static void AssertSame(Network expected, Network actual)
    {
        foreach (((string path, Parameter a), (_, Parameter b)) in expected.NamedParameters().Zip(actual.NamedParameters()))
        {
            Assert.That(b.Value.Bytes.SequenceEqual(a.Value.Bytes), path);
        }
    }
}
