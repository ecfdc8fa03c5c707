using BenchmarkDotNet.Attributes;
using Engine.Backends;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Winograd;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>Convolutions of 3×3 by each method, whichever would be chosen, at the shapes of ResNet, VGG16 and GoogLeNet.</summary>
public unsafe class WinogradBenchmarks
{
    private Tensor x = null!;
    private Tensor w = null!;
    private Tensor y = null!;
    private Tensor prepared = null!;
    private Geometry geometry;

    /// <summary>Images, channels in, filters, rows and columns.</summary>
    [Params("64-64-64-32", "32-128-128-16", "32-256-256-8", "32-512-512-4", "1-64-64-224", "1-256-256-56", "1-512-512-14", "1-128-128-28", "1-160-320-7")]
    public string Layer { get; set; } = "";

    /// <summary>The direct convolution or one of Winograd's.</summary>
    [Params("direct", "2×2", "4×4")]
    public string Method { get; set; } = "";

    /// <summary>Makes input, weights and output.</summary>
    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Layer.Split('-').Select(int.Parse)];
        Philox random = new(1);
        x = RandomTensor.Create([sizes[0], sizes[1], sizes[3], sizes[3]], random);
        w = RandomTensor.Create([sizes[2], sizes[1], 3, 3], random);
        y = RandomTensor.Create([sizes[0], sizes[2], sizes[3], sizes[3]], random);
        geometry = new Geometry(x.Shape, w.Shape, new Window(3, 1, 1, 1, 1), 1);
        prepared = Method == "2×2" ? Prepare<TwoByTwo>() : Prepare<FourByFour>();
    }

    /// <summary>y from x and w.</summary>
    [Benchmark]
    public void Forward()
    {
        fixed (float* px = x.AsSpan<float>(), pw = w.AsSpan<float>(), py = y.AsSpan<float>())
        {
            WeightsView<float> weights = WeightsView<float>.Plain(pw, geometry.ChannelsPerGroup);
            switch (Method)
            {
                case "2×2":
                    WinogradConvolution<float, TwoByTwo>.Forward(geometry, px, weights, null, false, py);
                    break;
                case "4×4":
                    WinogradConvolution<float, FourByFour>.Forward(geometry, px, weights, null, false, py);
                    break;
                default:
                    ShiftConvolution.Forward(geometry, px, pw, null, null, py);
                    break;
            }
        }
    }

    /// <summary>y from x and weights prepared beforehand; direct as <see cref="Forward"/>.</summary>
    [Benchmark]
    public void ForwardPrepared()
    {
        fixed (float* px = x.AsSpan<float>(), pw = w.AsSpan<float>(), pu = prepared.AsSpan<float>(), py = y.AsSpan<float>())
        {
            switch (Method)
            {
                case "2×2":
                    WinogradConvolution<float, TwoByTwo>.Forward(geometry, px, pu, null, false, py);
                    break;
                case "4×4":
                    WinogradConvolution<float, FourByFour>.Forward(geometry, px, pu, null, false, py);
                    break;
                default:
                    ShiftConvolution.Forward(geometry, px, pw, null, null, py);
                    break;
            }
        }
    }

    /// <summary>∂L/∂x from ∂L/∂y and w.</summary>
    [Benchmark]
    public void BackwardData()
    {
        fixed (float* px = x.AsSpan<float>(), pw = w.AsSpan<float>(), py = y.AsSpan<float>())
        {
            WeightsView<float> weights = WeightsView<float>.Turned(pw, geometry.ChannelsPerGroup);
            switch (Method)
            {
                case "2×2":
                    WinogradConvolution<float, TwoByTwo>.Forward(geometry.Adjoint, py, weights, null, false, px);
                    break;
                case "4×4":
                    WinogradConvolution<float, FourByFour>.Forward(geometry.Adjoint, py, weights, null, false, px);
                    break;
                default:
                    TurnedConvolution.BackwardData(geometry, pw, py, px);
                    break;
            }
        }
    }

    /// <summary>∂L/∂w from x and ∂L/∂y.</summary>
    [Benchmark]
    public void BackwardWeights()
    {
        fixed (float* px = x.AsSpan<float>(), pw = w.AsSpan<float>(), py = y.AsSpan<float>())
        {
            switch (Method)
            {
                case "2×2":
                    WinogradConvolution<float, TwoByTwo>.BackwardWeights(geometry, px, py, pw, accumulate: false);
                    break;
                case "4×4":
                    WinogradConvolution<float, FourByFour>.BackwardWeights(geometry, px, py, pw, accumulate: false);
                    break;
                default:
                    ColumnConvolution.BackwardWeights(geometry, px, py, pw, accumulate: false);
                    break;
            }
        }
    }

    private Tensor Prepare<TMethod>()
        where TMethod : IWinograd
    {
        int inputs = geometry.ChannelsPerGroup, outputs = geometry.OutputsPerGroup;
        Tensor u = new([WinogradConvolution<float, TMethod>.Points, inputs, WinogradConvolution<float, TMethod>.Width(outputs)]);
        fixed (float* pw = w.AsSpan<float>(), pu = u.AsSpan<float>())
        {
            WinogradConvolution<float, TMethod>.Prepare(WeightsView<float>.Plain(pw, inputs), inputs, outputs, pu);
        }

        return u;
    }
}
