using BenchmarkDotNet.Attributes;
using Engine.Backends;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>Batch normalization with a rectifier after it, at the shapes of ResNet-18 on small pictures and of ShallowVGGNet.</summary>
public class BatchNormalizationBenchmarks
{
    private const double Epsilon = 1e-5;

    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    private Tensor x = null!;
    private Tensor y = null!;
    private Tensor g = null!;
    private Tensor dx = null!;
    private Tensor gamma = null!;
    private Tensor beta = null!;
    private Tensor mean = null!;
    private Tensor variance = null!;
    private Tensor dgamma = null!;
    private Tensor dbeta = null!;

    /// <summary>Samples, channels, rows and columns.</summary>
    [Params("32-64-32-32", "32-128-16-16", "32-512-4-4", "64-32-28-28")]
    public string Shape { get; set; } = "";

    /// <summary>Makes input, gradient and parameters.</summary>
    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Shape.Split('-').Select(int.Parse)];
        Philox random = new(1);
        (x, g) = (RandomTensor.Create(new Shape(sizes), random), RandomTensor.Create(new Shape(sizes), random));
        (y, dx) = (Tensor.Like(x), Tensor.Like(x));
        (gamma, beta) = (RandomTensor.Create([sizes[1]], random), RandomTensor.Create([sizes[1]], random));
        (mean, variance, dgamma, dbeta) = (Tensor.Like(gamma), Tensor.Like(gamma), Tensor.Like(gamma), Tensor.Like(gamma));
        Forward();
    }

    /// <summary>Statistics, normalization, rectifier.</summary>
    [Benchmark]
    public void Forward() => Cpu.BatchNormalizationForward(x, gamma, beta, Epsilon, y, mean, variance, Activation.Relu);

    /// <summary>Back through both.</summary>
    [Benchmark]
    public void Backward() =>
        Cpu.BatchNormalizationBackward(x, g, gamma, mean, variance, Epsilon, dx, dgamma, dbeta, Activation.Relu, y);
}
