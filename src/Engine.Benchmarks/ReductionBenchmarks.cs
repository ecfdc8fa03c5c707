using BenchmarkDotNet.Attributes;
using Engine.Backends;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>Many numbers made one, along the axis whose numbers lie side by side and across it.</summary>
public class ReductionBenchmarks
{
    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    private Tensor x = null!;
    private Tensor y = null!;
    private Tensor positions = null!;
    private Tensor maps = null!;
    private Tensor bias = null!;

    /// <summary>The axis.</summary>
    [Params(0, 1)]
    public int Axis { get; set; }

    /// <summary>Makes operands and results.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Philox random = new(1);
        x = RandomTensor.Create([1024, 1024], random);
        (y, positions) = (new Tensor([1024]), new Tensor([1024], DType.Int32));
        (maps, bias) = (RandomTensor.Create([64, 32, 32, 32], random), Tensor.Zeros([32]));
    }

    /// <summary>Sums.</summary>
    [Benchmark]
    public void Sum() => Cpu.Reduce(Reduction.Sum, x, Axis, y);

    /// <summary>Maxima.</summary>
    [Benchmark]
    public void Max() => Cpu.Reduce(Reduction.Max, x, Axis, y);

    /// <summary>Where the maxima are.</summary>
    [Benchmark]
    public void ArgMax() => Cpu.ArgMax(x, Axis, positions);

    /// <summary>The gradient of a bias, whatever the axis.</summary>
    [Benchmark]
    public void BiasGradient() => Cpu.AccumulateBiasGradient(maps, bias);
}
