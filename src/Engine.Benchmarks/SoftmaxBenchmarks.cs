using BenchmarkDotNet.Attributes;
using Engine.Backends;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>Softmax along rows, and with the cross-entropy that classifiers are trained with.</summary>
public class SoftmaxBenchmarks
{
    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    private readonly Tensor loss = new([]);
    private Tensor x = null!;
    private Tensor y = null!;
    private Tensor g = null!;
    private Tensor dx = null!;
    private Tensor labels = null!;

    /// <summary>Samples and classes: MNIST, ImageNet, and a table so large that it leaves the cache.</summary>
    [Params("128-10", "128-1000", "1024-4096")]
    public string Logits { get; set; } = "";

    /// <summary>Makes logits, labels and gradients.</summary>
    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Logits.Split('-').Select(int.Parse)];
        Philox random = new(1);
        (x, g) = (RandomTensor.Create([sizes[0], sizes[1]], random), RandomTensor.Create([sizes[0], sizes[1]], random));
        (y, dx) = (Tensor.Like(x), Tensor.Like(x));
        labels = new Tensor([sizes[0]], DType.Int32);
        foreach (ref int label in labels.AsSpan<int>())
        {
            label = random.NextInt(sizes[1]);
        }

        Forward();
    }

    /// <summary>Probabilities.</summary>
    [Benchmark]
    public void Forward() => Cpu.SoftmaxForward(x, y);

    /// <summary>Their way back.</summary>
    [Benchmark]
    public void Backward() => Cpu.SoftmaxBackward(y, g, dx);

    /// <summary>Probabilities and cross-entropy in one.</summary>
    [Benchmark]
    public void CrossEntropyForward() => Cpu.SoftmaxCrossEntropyForward(x, labels, y, loss);

    /// <summary>The gradient of both: p − t.</summary>
    [Benchmark]
    public void CrossEntropyBackward() => Cpu.SoftmaxCrossEntropyBackward(y, labels, dx);
}
