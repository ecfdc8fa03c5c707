using BenchmarkDotNet.Attributes;
using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>Dropout: the mask alone, and the layer with both its passes.</summary>
public class DropoutBenchmarks
{
    private const double Rate = 0.4;

    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    private readonly Dropout dropout = new(Rate);
    private Tensor x = null!;
    private Tensor g = null!;
    private Tensor mask = null!;

    /// <summary>Elements: a hidden layer of the perceptron, and maps of a convolution.</summary>
    [Params(128 * 512, 64 * 64 * 16 * 16)]
    public int Count { get; set; }

    /// <summary>Makes input, gradient and mask.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Philox random = new(1);
        (x, g) = (RandomTensor.Create([1, Count], random), RandomTensor.Create([1, Count], random));
        mask = Tensor.Like(x);
    }

    /// <summary>The random numbers and what they decide.</summary>
    [Benchmark]
    public void Mask() => Cpu.DropoutMask(1, 2, 3, Rate, mask);

    /// <summary>Mask, product, product.</summary>
    [Benchmark]
    public void ForwardAndBackward()
    {
        using StepScope step = Device.Cpu.BeginStep();
        Pass pass = new(Mode.Training, new Philox(1));
        dropout.Forward(x, pass);
        dropout.Backward(g, pass);
    }
}
