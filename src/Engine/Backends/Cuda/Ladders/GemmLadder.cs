using Engine.Backends.Ladders;
using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>The matrix product, from three loops to what a library does: <c>kernels/gemm_ladder.cu</c> and <c>kernels/gemm.cu</c>.</summary>
internal static class GemmLadder
{
    private const string Textbook = "gemm_ladder";

    /// <summary>Two great square matrices: 4096×4096 at full scale.</summary>
    public static KernelLadder Square(LadderRequest request)
    {
        int side = LadderNumbers.Size(request, 4096);
        Problem problem = new(request, side, side, side);
        return problem.Ladder(
            "GEMM",
            [
                problem.Rung("gemm_naive", "a thread per element: the formula", (16, 16), new(16, 16), rowsAlongX: true),
                problem.Rung("gemm_coalesced", "neighbouring threads read neighbouring numbers", (8, 32), new(32, 8)),
                problem.Rung("gemm_shared", "panels in shared memory: a number read once serves 32 products", (32, 32), new(32, 32)),
                problem.Rung("gemm_column", "16 sums per thread in registers", (64, 64), 256),
                problem.Rung("gemm_square", "8×8 sums per thread: 16 reads serve 64 products", (128, 128), 256),
                problem.Packs(),
                problem.Tiles(ProductPlan.Split(TileSize.Large, side, 1), "the next panel is read while one is multiplied"),
            ]);
    }

    /// <summary>A small result of a long sum, as a gradient of weights is: 64×64 out of 262,144 terms at full scale.</summary>
    public static KernelLadder LongSum(LadderRequest request)
    {
        int side = LadderNumbers.Size(request, 64, least: 9), terms = LadderNumbers.Size(request, 1 << 18, least: 600);
        Problem problem = new(request, side, side, terms);
        return problem.Ladder(
            "GEMM-long-sum",
            [
                problem.Rung("gemm_coalesced", "a thread per element", (8, 32), new(32, 8)),
                problem.Tiles(ProductPlan.Split(TileSize.Medium, terms, 1), "a tile of 64×64: one block for the whole result"),
                problem.Tiles(ProductPlan.Split(TileSize.Medium, terms, 128), "the sum split among 128 blocks, the parts added afterwards"),
                problem.Tiles(ProductPlan.For(side, side, terms), "tile and parts as the plan chooses them"),
            ]);
    }

    private sealed class Problem
    {
        private readonly LadderRequest request;
        private readonly CudaBackend backend;
        private readonly int m;
        private readonly int n;
        private readonly int k;
        private readonly Tensor a;
        private readonly Tensor b;
        private readonly Tensor y;

        public Problem(LadderRequest request, int m, int n, int k)
        {
            (this.request, this.m, this.n, this.k) = (request, m, n, k);
            backend = (CudaBackend)Backend.Of(request.Device);
            a = LadderNumbers.Uniform(request, [m, k]);
            b = LadderNumbers.Uniform(request, [k, n]);
            y = LadderNumbers.Result(request, [m, n]);
        }

        // A kernel whose blocks compute tiles of y; the grid's x runs through the tiles of a row, or of a column.
        public KernelRung Rung(string kernel, string idea, Size2D tile, Dim3 block, bool rowsAlongX = false)
        {
            uint down = (uint)Blocks(m, tile.Y), across = (uint)Blocks(n, tile.X);
            return Rung(kernel, idea, rowsAlongX ? new Dim3(down, across) : new Dim3(across, down), block);
        }

        public KernelRung Packs() => Rung(
            "gemm_packs", "16 bytes per instruction, without bank conflicts", (int)TileSize.Large.Count(m, n), TileSize.Large.Threads);

        public KernelRung Tiles(ProductPlan plan, string idea)
        {
            string name = plan.Splits == 1 ? plan.Tile.Nn : $"{plan.Tile.Nn}, {plan.Splits} parts";
            return new KernelRung(name, idea, () => backend.Multiply(plan, Product));
        }

        public KernelLadder Ladder(string operation, List<KernelRung> rungs)
        {
            if (backend.MatrixLibrary is { } library)
            {
                rungs.Add(new KernelRung("cuBLAS", "the vendor's", () => library.Multiply(Product, accumulate: false), IsCeiling: true));
            }

            double numbers = ((double)m * k) + ((double)k * n) + ((double)m * n);
            return new(operation, $"{m}×{n}×{k}, {request.DType}", 2.0 * m * n * k, numbers * request.DType.Size(), y, rungs)
            {
                ErrorBound = LadderNumbers.SumBound(request, k),
            };
        }

        private MatrixProduct Product => new(request.DType, 1, m, n, k, false, false, true, a.Address, b.Address, y.Address);

        private KernelRung Rung(string kernel, string idea, Dim3 grid, Dim3 block) => new(
            kernel, idea, () => backend.Launch(Textbook, kernel, request.DType, grid, block, 0, a.Address, b.Address, y.Address, m, n, k));

        private static int Blocks(int count, int each) => (count + each - 1) / each;
    }
}
