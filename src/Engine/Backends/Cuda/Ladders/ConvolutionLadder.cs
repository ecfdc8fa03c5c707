using Engine.Backends.Ladders;
using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>Convolution and its two ways back: <c>kernels/convolution_ladder.cu</c> and <c>kernels/convolution.cu</c>.</summary>
/// <remarks>The problem at full scale: a layer of a ResNet, 64 images of 128 channels of 28×28, as many outputs, a 3×3 window.</remarks>
internal static class ConvolutionLadder
{
    private const int BlockThreads = 256;
    private const int TileSide = 16;
    private const int GatheredSide = 32;

    private static readonly Window Window = new(3, 1, 1, 1, 1);

    /// <summary>Forward.</summary>
    public static unsafe KernelLadder Forward(LadderRequest request)
    {
        Problem p = new(request);
        ConvolutionGeometry g = p.Geometry;
        Tensor x = LadderNumbers.Uniform(request, p.X), w = LadderNumbers.Uniform(request, p.W), y = LadderNumbers.Result(request, p.Y);
        int halo = TileSide - 1 + 3;
        int tiles = Blocks(g.OutWidth, TileSide) * Blocks(g.OutHeight, TileSide) * g.Outputs * g.Images;
        int gathered = Blocks(g.Images * g.Places, GatheredSide) * Blocks(g.Outputs, GatheredSide);
        return p.Ladder("Convolution", y, g.Depth,
        [
            Rung("convolution_naive", "a thread per element: the formula", Blocks(y.ElementCount, BlockThreads), BlockThreads, 0),
            Rung("convolution_shared", "pixels and window in shared memory", tiles, new(TileSide, TileSide), ((halo * halo) + 9) * request.DType.Size()),
            new("convolution_forward_direct", "8 outputs per thread in registers", () => p.Backend.ForwardDirectly(g, x, w, null, y, null)),
            Rung("convolution_gathered", "a matrix product, its panels gathered", gathered, new(GatheredSide, GatheredSide), 0),
            .. TileSize.All.Reverse().Select(tile => new KernelRung(
                tile.ConvolutionForward, $"tiles of {tile.Rows}×{tile.Columns}, sums in registers, two buffers", () => p.Backend.ForwardByTiles(tile, g, x, w, null, y, null))),
            .. Ceiling(p, library => library.TryForward(x, w, Window, 1, y)),
        ]);

        KernelRung Rung(string kernel, string idea, int grid, Dim3 block, int shared) => new(kernel, idea, () =>
        {
            ConvolutionGeometry geometry = g;
            p.Backend.Launch(
                "convolution_ladder", kernel, request.DType, grid, block, shared, x.Address, w.Address, y.Address, KernelArgument.Structure(&geometry));
        });
    }

    /// <summary>The gradient in x.</summary>
    public static unsafe KernelLadder BackwardData(LadderRequest request)
    {
        Problem p = new(request);
        ConvolutionGeometry g = p.Geometry;
        Tensor w = LadderNumbers.Uniform(request, p.W), dy = LadderNumbers.Uniform(request, p.Y), dx = LadderNumbers.Result(request, p.X);
        return p.Ladder("Convolution-backward-data", dx, g.Outputs * 9,
        [
            new("convolution_backward_data_naive", "a thread per pixel asks every tap", () =>
            {
                ConvolutionGeometry geometry = g;
                p.Backend.Launch(
                    "convolution_ladder", "convolution_backward_data_naive", request.DType, Blocks(dx.ElementCount, BlockThreads), BlockThreads, 0,
                    w.Address, dy.Address, dx.Address, KernelArgument.Structure(&geometry));
            }),
            new("convolution_backward_data_direct", "4 channels per thread in registers", () => p.Backend.BackwardDataDirectly(g, w, dy, dx)),
            .. TileSize.All.Reverse().Select(tile => new KernelRung(
                tile.ConvolutionBackwardData, $"a matrix product in tiles of {tile.Rows}×{tile.Columns}", () => p.Backend.BackwardDataByTiles(tile, g, w, dy, dx))),
            .. Ceiling(p, library => library.TryBackwardData(w, dy, Window, 1, dx)),
        ]);
    }

    /// <summary>The gradient in w.</summary>
    public static unsafe KernelLadder BackwardWeights(LadderRequest request)
    {
        Problem p = new(request);
        ConvolutionGeometry g = p.Geometry;
        Tensor x = LadderNumbers.Uniform(request, p.X), dy = LadderNumbers.Uniform(request, p.Y), dw = LadderNumbers.Result(request, p.W);
        int depth = g.Images * g.Places;
        return p.Ladder("Convolution-backward-weights", dw, depth,
        [
            new("convolution_backward_weights_naive", "a thread per weight", () =>
            {
                ConvolutionGeometry geometry = g;
                p.Backend.Launch(
                    "convolution_ladder", "convolution_backward_weights_naive", request.DType, Blocks(dw.ElementCount, BlockThreads), BlockThreads, 0,
                    x.Address, dy.Address, dw.Address, KernelArgument.Structure(&geometry));
            }),
            Tiles(ProductPlan.Split(TileSize.Medium, depth, 1), "a matrix product in tiles of 64×64"),
            Tiles(ProductPlan.Split(TileSize.Medium, depth, 8), "the sum split among 8 times the blocks"),
            Tiles(ProductPlan.For(g.Outputs, g.Depth, depth), "tile and parts as the plan chooses them"),
            .. Ceiling(p, library => library.TryBackwardWeights(x, dy, Window, 1, dw, accumulate: false)),
        ]);

        KernelRung Tiles(ProductPlan plan, string idea) => new(
            $"{plan.Tile.ConvolutionBackwardWeights}, {plan.Splits} parts",
            idea,
            () => p.Backend.BackwardWeightsByTiles(plan, g, x, dy, dw, accumulate: false));
    }

    private static IEnumerable<KernelRung> Ceiling(Problem p, Func<IConvolutionLibrary, bool> run) => p.Backend.ConvolutionLibrary is { } library
        ? [new KernelRung("cuDNN", "the vendor's", () => _ = run(library), IsCeiling: true)]
        : [];

    private static int Blocks(int count, int each) => (count + each - 1) / each;

    private sealed class Problem
    {
        private readonly LadderRequest request;

        public Problem(LadderRequest request)
        {
            this.request = request;
            Backend = (CudaBackend)Backends.Backend.Of(request.Device);
            int images = LadderNumbers.Size(request, 64), channels = LadderNumbers.Size(request, 128), size = LadderNumbers.Size(request, 28, least: 13);
            (X, W, Y) = ([images, channels, size, size], [channels, channels, 3, 3], [images, channels, size, size]);
            Geometry = new ConvolutionGeometry(X, W, Window, 1);
        }

        public CudaBackend Backend { get; }

        public Shape X { get; }

        public Shape W { get; }

        public Shape Y { get; }

        public ConvolutionGeometry Geometry { get; }

        public KernelLadder Ladder(string operation, Tensor result, int products, IReadOnlyList<KernelRung> rungs)
        {
            double numbers = (double)X.ElementCount + W.ElementCount + Y.ElementCount;
            return new(
                operation, $"x {X}, w {W}, {request.DType}", 2.0 * Y.ElementCount * Geometry.Depth, numbers * request.DType.Size(), result, rungs)
            {
                ErrorBound = LadderNumbers.SumBound(request, products),
            };
        }
    }
}
