using BenchmarkDotNet.Attributes;
using Engine.Backends;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>The move of all parameters of a network, long and short ones.</summary>
public class OptimizerBenchmarks
{
    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    private AdamItem[] adam = null!;
    private SgdItem[] momentum = null!;

    /// <summary>The perceptron 784-512-10, or as many numbers in a hundred tensors.</summary>
    [Params("784-512-10", "100 of 4070")]
    public string Network { get; set; } = "";

    /// <summary>Makes parameters, gradients and moments.</summary>
    [GlobalSetup]
    public void Setup()
    {
        int[] lengths = Network[0] == '7' ? [784 * 512, 512, 512 * 10, 10] : [.. Enumerable.Repeat(4070, 100)];
        Philox random = new(1);
        adam = [.. lengths.Select(n => new AdamItem(RandomTensor.Create([n], random), Zeros(n), Zeros(n), RandomTensor.Create([n], random)))];
        momentum = [.. adam.Select(a => new SgdItem(a.Gradient, Zeros(a.Theta.ElementCount), a.Theta))];
    }

    /// <summary>Adam.</summary>
    [Benchmark]
    public void Adam() => Cpu.AdamStep(adam, new AdamSettings(1e-6, 0.9, 0.999, 1e-8), step: 100);

    /// <summary>Gradient descent with momentum.</summary>
    [Benchmark]
    public void Momentum() => Cpu.SgdStep(momentum, rate: 1e-9, momentum: 0.9);

    private static Tensor Zeros(int n) => Tensor.Zeros([n]);
}
