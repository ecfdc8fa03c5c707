using BenchmarkDotNet.Attributes;
using Engine.Models;
using Engine.Networks.Frozen;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>One picture of 224×224 through a network that is trained and frozen: batch normalization folded in, activations fused.</summary>
public class FrozenInferenceBenchmarks
{
    private FrozenNetwork network = null!;
    private Tensor x = null!;

    /// <summary>A network of deck F.</summary>
    [Params("alexnet", "vgg16", "googlenet", "resnet18", "resnet50")]
    public string Model { get; set; } = "";

    /// <summary>Makes the network with random weights, and a picture.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Philox random = new(1);
        Shape picture = [3, 224, 224];
        x = RandomTensor.Create(picture.Prepend(1), random);
        network = ModelCatalog.Find(Model)!.Create(picture, 1000, random).Freeze(x.Shape);
    }

    /// <summary>The picture's logits.</summary>
    [Benchmark]
    public void Predict()
    {
        using StepScope step = Device.Cpu.BeginStep();
        network.Predict(x);
    }
}
