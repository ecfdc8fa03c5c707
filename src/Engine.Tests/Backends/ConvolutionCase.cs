using Engine.Backends.Cuda;

namespace Engine.Tests.Backends;

/// <summary>Sums, and the sums of the magnitudes of their terms, which bound the rounding error of any way to compute them.</summary>
internal sealed record Sums(double[] Values, double[] Magnitudes)
{
    public Sums(int count)
        : this(new double[count], new double[count])
    {
    }

    public void Add(int index, double term)
    {
        Values[index] += term;
        Magnitudes[index] += Math.Abs(term);
    }

    /// <summary>Fails where a tensor is not these sums, each of at most so many products, but for rounding.</summary>
    /// <remarks>
    /// Sums of n products in any order, fused or not: |error| ≤ γ(n + 1)·Σ|terms| (Higham, Accuracy and Stability, 3.1);
    /// in Float32, where roundings of either sign cancel, 4·√n roundings.
    /// </remarks>
    public void AssertIs(Tensor actual, int products, string what)
    {
        double roundings = actual.DType == DType.Float64 ? products + 2 : 4 * Math.Sqrt(products);
        Assert.That(actual.ElementCount, Is.EqualTo(Values.Length), what);
        for (int i = 0; i < Values.Length; i++)
        {
            double bound = roundings * Numbers.Roundoff(actual.DType) * Magnitudes[i];
            if (!(Math.Abs(actual.GetFlat(i) - Values[i]) <= bound))
            {
                Assert.Fail($"{what}, {actual.DType}, element {i}: {actual.GetFlat(i):R}, expected {Values[i]:R} ± {bound:G3}.");
            }
        }
    }
}

/// <summary>A convolution with operands, and its definition: seven loops, one product at a time.</summary>
internal sealed class ConvolutionCase
{
    private readonly Window window;
    private readonly int groups;
    private readonly Tensor? bias;
    private readonly Tensor startOfWeights;

    public ConvolutionCase(Philox random, Shape x, int outputs, int groups, Window window, bool bias)
    {
        (this.window, this.groups) = (window, groups);
        Size2D positions = window.Output((x[2], x[3]));
        X = Fill(random, x);
        W = Fill(random, [outputs, x[1] / groups, window.Kernel.Y, window.Kernel.X]);
        G = Fill(random, [x[0], outputs, positions.Y, positions.X]);
        startOfWeights = Fill(random, W.Shape);
        this.bias = bias ? Fill(random, [outputs]) : null;
    }

    public Tensor X { get; }

    public Tensor W { get; }

    public Tensor G { get; }

    /// <summary>Products in one output.</summary>
    public int Depth => W.ElementCount / W.Shape[0];

    /// <summary>At most so many products in one pixel's gradient: with mirroring, all of an image's.</summary>
    public int ProductsPerPixel => G.ElementCount / G.Shape[0] * Depth / W.Shape[1];

    /// <summary>Products in one weight's gradient.</summary>
    public int ProductsPerWeight => G.ElementCount / G.Shape[1];

    public bool IsMirrored => window.Mode == PaddingMode.Mirror;

    public static ConvolutionCase Random(Philox random, bool? bias = null, int images = 0)
    {
        while (true)
        {
            int groups = random.NextInt(3) == 0 ? 1 + random.NextInt(3) : 1;
            Size2D Pair(int low, int count) => (low + random.NextInt(count), low + random.NextInt(count));
            bool wholeImage = random.NextInt(8) == 0;
            Size2D size = wholeImage ? Pair(1, 6) : Pair(1, 19);
            Window window = wholeImage
                ? new Window(size, 1, 1, 0, 0)
                : random.NextInt(8) == 0
                    ? new Window(1, 1, 1, 0, 0)
                    : new Window(
                        Pair(1, 5), Pair(1, random.NextInt(2) == 0 ? 1 : 3), Pair(1, random.NextInt(2) == 0 ? 1 : 3), Pair(0, 4), Pair(0, 4),
                        random.NextInt(3) == 0 ? PaddingMode.Mirror : PaddingMode.Zero);
            Size2D positions = window.Output(size);
            if (positions.Y < 1 || positions.X < 1)
            {
                continue;
            }

            Shape x = [images > 0 ? images : 1 + random.NextInt(18), groups * (1 + random.NextInt(4)), size.Y, size.X];
            return new ConvolutionCase(random, x, groups * (1 + random.NextInt(10)), groups, window, bias ?? random.NextInt(2) == 0);
        }
    }

    public Tensor Forward(DType dtype, Device device = default, Activation? activation = null)
    {
        Tensor y = Like(G, dtype, device);
        Backend.Of(device).ConvolutionForward(On(device, X, dtype), On(device, W, dtype), Bias(dtype, device), window, groups, y, activation);
        return y.To(Device.Cpu);
    }

    /// <summary>Forward with the weights prepared, for so many images or those that there are, which must be of the given rank then; in memory that is no number at first.</summary>
    public Tensor ForwardPrepared(DType dtype, int rank, Activation? activation = null, int? images = null)
    {
        Tensor y = Numbers.Filled(G.Shape, dtype, double.NaN), w = On(default, W, dtype);
        Backend backend = Backend.Of(y);
        Tensor? prepared = backend.PrepareConvolution(w, X.Shape.With(0, images ?? X.Shape[0]), window, groups);
        Assert.That(prepared?.Shape.Rank, Is.EqualTo(rank));
        backend.ConvolutionForward(On(default, X, dtype), prepared!, Bias(dtype, default), window, groups, y, activation);
        return y;
    }

    /// <summary>Forward with G added before the activation, in its place or in a tensor of its own; the weights prepared for one image where that is asked for.</summary>
    public Tensor ForwardAndAdd(DType dtype, bool prepare, bool inPlace, Device device = default, Activation? activation = null)
    {
        Tensor addend = On(device, G.Clone(), dtype), y = inPlace ? addend : Like(G, dtype, device), w = On(device, W, dtype);
        Backend backend = Backend.Of(y);
        Tensor? prepared = prepare ? backend.PrepareConvolution(w, X.Shape.With(0, 1), window, groups) : null;
        backend.ConvolutionForwardAndAdd(On(device, X, dtype), prepared ?? w, Bias(dtype, device), window, groups, addend, y, activation);
        return y.To(Device.Cpu);
    }

    public Tensor BackwardData(DType dtype, Device device = default)
    {
        Tensor dx = Like(X, dtype, device);
        Backend.Of(device).ConvolutionBackwardData(On(device, W, dtype), On(device, G, dtype), window, groups, dx);
        return dx.To(Device.Cpu);
    }

    public Tensor BackwardWeights(DType dtype, Device device = default, bool startFromZero = false)
    {
        Tensor dw = startFromZero ? Tensor.Zeros(W.Shape, dtype).To(device) : On(device, startOfWeights.Clone(), dtype);
        Backend.Of(device).ConvolutionBackwardWeights(On(device, X, dtype), On(device, G, dtype), window, groups, dw, accumulate: true);
        return dw.To(Device.Cpu);
    }

    /// <summary>The gradient of the weights, written over what is no number, and that of the biases, added to 1, 2, 3 …</summary>
    public (Tensor Weights, Tensor Biases) BackwardBoth(DType dtype, Device device = default)
    {
        Tensor dw = Numbers.Filled(W.Shape, dtype, double.NaN).To(device), ones = Numbers.Filled([G.Shape[1]], dtype, 0);
        for (int k = 0; k < ones.ElementCount; k++)
        {
            ones.SetFlat(k, k + 1);
        }

        Tensor db = ones.To(device);
        Backend.Of(device).ConvolutionBackwardWeights(On(device, X, dtype), On(device, G, dtype), window, groups, dw, accumulate: false, db);
        return (dw.To(Device.Cpu), db.To(Device.Cpu));
    }

    /// <summary>1, 2, 3 … and to each the sum of its channel of g.</summary>
    public Sums DefinitionOfBackwardBiases()
    {
        Sums sums = new(G.Shape[1]);
        int places = G.Shape.Stride(1);
        for (int k = 0; k < G.Shape[1]; k++)
        {
            sums.Add(k, k + 1);
        }

        for (int i = 0; i < G.ElementCount; i++)
        {
            sums.Add(i / places % G.Shape[1], G.GetFlat(i));
        }

        return sums;
    }

    /// <summary>Forward by CUDA's tiles of a size; directly without one.</summary>
    public Tensor Forward(DType dtype, Device device, TileSize? tile)
    {
        Tensor y = Like(G, dtype, device), x = On(device, X, dtype), w = On(device, W, dtype);
        CudaBackend backend = (CudaBackend)Backend.Of(device);
        if (tile is null)
        {
            backend.ForwardDirectly(Geometry, x, w, Bias(dtype, device), y, null);
        }
        else
        {
            backend.ForwardByTiles(tile, Geometry, x, w, Bias(dtype, device), y, null);
        }

        return y.To(Device.Cpu);
    }

    /// <summary>The gradient in x by CUDA's tiles of a size; directly without one.</summary>
    public Tensor BackwardData(DType dtype, Device device, TileSize? tile)
    {
        Tensor dx = Like(X, dtype, device), w = On(device, W, dtype), g = On(device, G, dtype);
        CudaBackend backend = (CudaBackend)Backend.Of(device);
        if (tile is null)
        {
            backend.BackwardDataDirectly(Geometry, w, g, dx);
        }
        else
        {
            backend.BackwardDataByTiles(tile, Geometry, w, g, dx);
        }

        return dx.To(Device.Cpu);
    }

    /// <summary>The gradient in w by CUDA's tiles of a size, the sum split into at most so many parts.</summary>
    public Tensor BackwardWeights(DType dtype, Device device, TileSize tile, int splits)
    {
        Tensor dw = On(device, startOfWeights.Clone(), dtype);
        ProductPlan plan = ProductPlan.Split(tile, ProductsPerWeight, splits);
        ((CudaBackend)Backend.Of(device)).BackwardWeightsByTiles(plan, Geometry, On(device, X, dtype), On(device, G, dtype), dw);
        return dw.To(Device.Cpu);
    }

    public Sums DefinitionOfForward()
    {
        Sums sums = new(G.ElementCount);
        for (int i = 0; bias is not null && i < G.ElementCount; i++)
        {
            sums.Add(i, bias.GetFlat(i / (G.Shape[2] * G.Shape[3]) % G.Shape[1]));
        }

        ForEachProduct((x, w, y) => sums.Add(y, X.GetFlat(x) * W.GetFlat(w)));
        return sums;
    }

    public Sums DefinitionOfBackwardData()
    {
        Sums sums = new(X.ElementCount);
        ForEachProduct((x, w, y) => sums.Add(x, G.GetFlat(y) * W.GetFlat(w)));
        return sums;
    }

    public Sums DefinitionOfBackwardWeights()
    {
        Sums sums = new(W.ElementCount);
        for (int i = 0; i < W.ElementCount; i++)
        {
            sums.Add(i, startOfWeights.GetFlat(i));
        }

        ForEachProduct((x, w, y) => sums.Add(w, G.GetFlat(y) * X.GetFlat(x)));
        return sums;
    }

    private ConvolutionGeometry Geometry => new(X.Shape, W.Shape, window, groups);

    public override string ToString() => $"x {X.Shape}, w {W.Shape}, {groups} groups, {window}{(bias is null ? "" : ", bias")}";

    // The definition, product by product: which element of x meets which of w in which of y.
    private void ForEachProduct(Action<int, int, int> visit)
    {
        int channels = X.Shape[1], height = X.Shape[2], width = X.Shape[3], outputs = W.Shape[0], perGroup = W.Shape[1];
        for (int n = 0; n < X.Shape[0]; n++)
        {
            for (int k = 0; k < outputs; k++)
            {
                for (int i = 0; i < G.Shape[2]; i++)
                {
                    for (int j = 0; j < G.Shape[3]; j++)
                    {
                        for (int c = 0; c < perGroup; c++)
                        {
                            for (int r = 0; r < window.Kernel.Y; r++)
                            {
                                for (int s = 0; s < window.Kernel.X; s++)
                                {
                                    int row = Pixel((i * window.Stride.Y) + (r * window.Dilation.Y) - window.Before.Y, height);
                                    int column = Pixel((j * window.Stride.X) + (s * window.Dilation.X) - window.Before.X, width);
                                    if (row >= 0 && column >= 0)
                                    {
                                        int channel = (k / (outputs / groups) * perGroup) + c;
                                        visit(
                                            (((((n * channels) + channel) * height) + row) * width) + column,
                                            (((((k * perGroup) + c) * window.Kernel.Y) + r) * window.Kernel.X) + s,
                                            (((((n * outputs) + k) * G.Shape[2]) + i) * G.Shape[3]) + j);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    // Reflects at the edges until inside; −1 for a zero.
    private int Pixel(int position, int size)
    {
        while (window.Mode == PaddingMode.Mirror && (position < 0 || position >= size))
        {
            position = position < 0 ? -1 - position : (2 * size) - 1 - position;
        }

        return position >= 0 && position < size ? position : -1;
    }

    private Tensor? Bias(DType dtype, Device device) => bias is null ? null : On(device, bias, dtype);

    private static Tensor On(Device device, Tensor tensor, DType dtype) => tensor.To(dtype).To(device);

    // What is computed starts as NaN, so that what is left out shows.
    private static Tensor Like(Tensor tensor, DType dtype, Device device) => Numbers.Filled(tensor.Shape, dtype, double.NaN).To(device);

    // Exact in Float32, so that both types multiply the same numbers.
    private static Tensor Fill(Philox random, Shape shape)
    {
        Tensor tensor = new(shape, DType.Float64);
        foreach (ref double value in tensor.AsSpan<double>())
        {
            value = (float)random.NextNormal();
        }

        return tensor;
    }
}
