using BenchmarkDotNet.Attributes;
using Engine.Backends;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>Pooling by windows, side by side as in LeNet-5 and overlapping as in ResNet and GoogLeNet.</summary>
public class PoolingBenchmarks
{
    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    private Window window;
    private Tensor x = null!;
    private Tensor y = null!;
    private Tensor argMax = null!;
    private Tensor g = null!;
    private Tensor dx = null!;

    /// <summary>Samples, channels, rows and columns; kernel, stride and padding.</summary>
    [Params("64-6-28-2-2-0", "64-32-32-2-2-0", "8-64-112-3-2-1", "8-256-28-3-1-1")]
    public string Layer { get; set; } = "";

    /// <summary>Makes input, outputs and a gradient.</summary>
    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Layer.Split('-').Select(int.Parse)];
        Philox random = new(1);
        window = new Window(sizes[3], sizes[4], 1, sizes[5], sizes[5]);
        Size2D output = window.Output(sizes[2]);
        x = RandomTensor.Create([sizes[0], sizes[1], sizes[2], sizes[2]], random);
        g = RandomTensor.Create([sizes[0], sizes[1], output.Y, output.X], random);
        (y, dx, argMax) = (Tensor.Like(g), Tensor.Like(x), new Tensor(g.Shape, DType.Int32));
        MaxForward();
    }

    /// <summary>Maxima and where they were.</summary>
    [Benchmark]
    public void MaxForward() => Cpu.MaxPoolingForward(x, window, y, argMax);

    /// <summary>Gradients back to the maxima.</summary>
    [Benchmark]
    public void MaxBackward() => Cpu.MaxPoolingBackward(g, argMax, window, dx);

    /// <summary>Means.</summary>
    [Benchmark]
    public void AverageForward() => Cpu.AveragePoolingForward(x, window, y);

    /// <summary>Gradients shared among what was averaged.</summary>
    [Benchmark]
    public void AverageBackward() => Cpu.AveragePoolingBackward(g, window, dx);
}
