using BenchmarkDotNet.Attributes;
using Engine.Backends;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>Matrix products at the shapes that the decks' networks need.</summary>
public class MatMulBenchmarks
{
    private Tensor a = null!;
    private Tensor b = null!;
    private Tensor y = null!;

    /// <summary>M, N and K of the product.</summary>
    [Params("64x64x64", "512x512x512", "128x512x784", "128x10x512", "128x512x10", "64x576x150", "64x1024x576", "1x4096x4096")]
    public string Sizes { get; set; } = "";

    /// <summary>Fills two random matrices.</summary>
    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Sizes.Split('x').Select(int.Parse)];
        Philox random = new(1);
        a = RandomTensor.Create([sizes[0], sizes[2]], random);
        b = RandomTensor.Create([sizes[2], sizes[1]], random);
        y = new Tensor([sizes[0], sizes[1]]);
    }

    /// <summary>y = a·b.</summary>
    [Benchmark]
    public void MatMul() => Backend.Of(a, b).MatMul(a, b, y);
}
