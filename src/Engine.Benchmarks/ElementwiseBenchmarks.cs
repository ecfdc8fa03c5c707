using BenchmarkDotNet.Attributes;
using Engine.Backends;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>Functions of each element, at a size that stays in the second cache and at one that does not.</summary>
public class ElementwiseBenchmarks
{
    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    private Tensor x = null!;
    private Tensor g = null!;
    private Tensor y = null!;

    /// <summary>Elements.</summary>
    [Params(1 << 14, 1 << 20)]
    public int Count { get; set; }

    /// <summary>Makes two operands and a result.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Philox random = new(1);
        x = RandomTensor.Create([Count], random);
        g = RandomTensor.Create([Count], random);
        y = Tensor.Like(x);
    }

    /// <summary>eˣ.</summary>
    [Benchmark]
    public void Exp() => Cpu.Unary(UnaryOperation.Exp, x, y);

    /// <summary>tanh x.</summary>
    [Benchmark]
    public void Tanh() => Cpu.Unary(UnaryOperation.Tanh, x, y);

    /// <summary>erf x.</summary>
    [Benchmark]
    public void Erf() => Cpu.Unary(UnaryOperation.Erf, x, y);

    /// <summary>max(0, x).</summary>
    [Benchmark]
    public void Relu() => Cpu.ActivationForward(Activation.Relu, x, y);

    /// <summary>The rectifier's way back.</summary>
    [Benchmark]
    public void ReluBackward() => Cpu.ActivationBackward(Activation.Relu, x, g, y);

    /// <summary>x + g, as fast as memory allows.</summary>
    [Benchmark]
    public void Add() => Cpu.Binary(BinaryOperation.Add, x, g, y);
}
