using System.Text;
using Engine.Formats;
using Engine.Layers;
using Engine.Models;
using Engine.Networks;
using Engine.Tests.Data;

namespace Engine.Tests.Formats;

/// <summary>Weights go to PyTorch and come back; a file that does not fit changes nothing.</summary>
public sealed class PyTorchWeightsTests
{
    [Test]
    public void Names_are_those_of_torchvision()
    {
        string[] resnet = Names(new ResNet18().Create([3, 32, 32], 10, new Philox(1)));
        Assert.That(resnet, Does.Contain("layer1.0.conv1.weight").And.Contain("bn1.running_mean").And.Contain("bn1.running_var")
            .And.Contain("layer2.0.downsample.0.weight").And.Contain("layer2.0.downsample.1.bias").And.Contain("fc.weight"));
        string[] inception = Names(new GoogLeNet().Create([3, 32, 32], 10, new Philox(1)));
        Assert.That(inception, Does.Contain("conv1.conv.weight").And.Contain("inception3a.branch1.bn.weight").And.Contain("inception5b.branch4.1.conv.weight"));
        string[] vgg = Names(new Vgg16().Create([3, 32, 32], 10, new Philox(1)));
        Assert.That(vgg, Does.Contain("features.28.weight").And.Contain("classifier.6.bias"));
    }

    [Test]
    public void A_network_comes_back_from_a_file_and_gives_the_same_answers()
    {
        using TemporaryFolder folder = new();
        Network saved = Small(1), loaded = Small(2);
        PyTorchWeights.Save(folder.File("w"), saved);
        PyTorchWeights.Load(folder.File("w"), loaded);
        Tensor x = Tensor.From([.. Enumerable.Range(0, 2 * 16).Select(i => (float)Math.Sin(i))], [2, 1, 4, 4]);
        Assert.That(loaded.Predict(x).AsSpan<float>().ToArray(), Is.EqualTo(saved.Predict(x).AsSpan<float>().ToArray()));
    }

    [Test]
    public void Dense_weights_lie_in_the_file_outputs_first()
    {
        using TemporaryFolder folder = new();
        Dense dense = new(2, 3, new Philox(1));
        Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3]).CopyTo(dense.Weight.Value);
        PyTorchWeights.Save(folder.File("w"), dense);
        Tensor weight = SafetensorsFile.Read(folder.File("w")).Tensors["weight"];
        Assert.That(weight.Shape, Is.EqualTo(new Shape(3, 2)));
        Assert.That(weight.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 1, 4, 2, 5, 3, 6 }));
    }

    [Test]
    public void The_count_of_steps_is_passed_over_though_its_type_is_not_read_here()
    {
        using TemporaryFolder folder = new();
        string header = """{"bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"running_mean":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"running_var":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"weight":{"dtype":"F32","shape":[1],"data_offsets":[20,24]}}""";
        byte[] text = Encoding.UTF8.GetBytes(header);
        float[] numbers = [2, 3, 4, 5];
        File.WriteAllBytes(folder.File("w"), [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[8], .. numbers.SelectMany(BitConverter.GetBytes)]);
        BatchNormalization layer = new(1);
        PyTorchWeights.Load(folder.File("w"), layer);
        Assert.That(new[] { layer.Beta, layer.RunningMean, layer.RunningVariance, layer.Gamma }.Select(p => p.Value.Item()), Is.EqualTo(new[] { 2.0, 3, 4, 5 }));
    }

    [Test]
    public void A_file_of_another_network_is_refused_and_changes_nothing()
    {
        using TemporaryFolder folder = new();
        Network network = Small(1);
        float[] before = WeightOf(network);
        SafetensorsFile.Write(folder.File("few"), PyTorchWeights.Parameters(Small(2)).Where(p => p.Name != "fc.bias").Select(p => (p.Name, p.Parameter.Value)));
        Assert.That(() => PyTorchWeights.Load(folder.File("few"), network), Throws.TypeOf<IncompatibleFileException>().With.Message.Contains("'fc.weight'").Or.Message.Contains("'fc.bias'"));
        PyTorchWeights.Save(folder.File("more"), new Network { Small(2), new ReLU() });
        Assert.That(() => PyTorchWeights.Load(folder.File("more"), network), Throws.TypeOf<IncompatibleFileException>());
        Assert.That(WeightOf(network), Is.EqualTo(before));
    }

    [Test]
    public void What_is_not_wanted_can_be_left_out()
    {
        using TemporaryFolder folder = new();
        Network saved = Small(1), loaded = Small(2);
        SafetensorsFile.Write(
            folder.File("w"),
            PyTorchWeights.Parameters(saved).Select(p => (p.Name, p.IsTransposed ? p.Parameter.Value.Transpose() : p.Parameter.Value)).Append(("aux1.fc.weight", new Tensor([3]))));
        Assert.That(() => PyTorchWeights.Load(folder.File("w"), loaded), Throws.TypeOf<IncompatibleFileException>().With.Message.Contains("aux1.fc.weight"));
        PyTorchWeights.Load(folder.File("w"), loaded, name => name.StartsWith("aux", StringComparison.Ordinal));
        Assert.That(WeightOf(loaded), Is.EqualTo(WeightOf(saved)));
    }

    private static string[] Names(Layer network) => [.. PyTorchWeights.Parameters(network).Select(p => p.Name)];

    private static float[] WeightOf(Network network) => network.Children[0].Parameters[0].Value.AsSpan<float>().ToArray();

    private static Network Small(ulong seed)
    {
        Philox random = new(seed);
        return
        [
            new Conv2D(1, 2, 3, random) { Name = "conv1" },
            new BatchNormalization(2) { Name = "bn1" },
            new Flatten(),
            new Dense(8, 3, random) { Name = "fc" },
        ];
    }
}
