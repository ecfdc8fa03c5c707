using BenchmarkDotNet.Attributes;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>The three passes of a convolution, at the shapes of LeNet-5 and ShallowVGGNet.</summary>
public class ConvolutionBenchmarks
{
    private Conv2D convolution = null!;
    private Tensor x = null!;
    private Tensor g = null!;
    private Pass pass = null!;

    /// <summary>Channels in, filters, kernel, rows and columns; batches of 64.</summary>
    [Params("1-6-5-32", "6-16-5-14", "32-32-3-32", "64-64-3-16")]
    public string Layer { get; set; } = "";

    /// <summary>Makes the layer, an input and a gradient.</summary>
    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Layer.Split('-').Select(int.Parse)];
        Philox random = new(1);
        convolution = new Conv2D(sizes[0], sizes[1], sizes[2], random, padding: Padding.Same);
        x = RandomTensor.Create([64, sizes[0], sizes[3], sizes[3]], random);
        g = RandomTensor.Create(convolution.OutputShape(x.Shape), random);
        pass = new Pass(Mode.Training);
    }

    /// <summary>y from x.</summary>
    [Benchmark]
    public void Forward()
    {
        using StepScope step = Device.Cpu.BeginStep();
        convolution.Forward(x, new Pass(Mode.Inference));
    }

    /// <summary>y from x, then ∂L/∂w, ∂L/∂b and ∂L/∂x from ∂L/∂y.</summary>
    [Benchmark]
    public void ForwardAndBackward()
    {
        using StepScope step = Device.Cpu.BeginStep();
        convolution.Forward(x, pass);
        convolution.Backward(g, pass);
    }
}
