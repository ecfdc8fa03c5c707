using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Backends.Cuda;

/// <summary>The sum of all elements, 256 MB of them at full scale. The ceiling is the device's memory, not a library.</summary>
/// <remarks>After M. Harris, "Optimizing Parallel Reduction in CUDA", 2007.</remarks>
internal static class ReductionLadder
{
    private const int Block = 256;

    public static KernelLadder Create(LadderRequest request)
    {
        int side = LadderNumbers.Size(request, 8192), n = side * side;
        Tensor x = Integers(request, n), sum = LadderNumbers.Result(request, []);
        CudaBackend backend = (CudaBackend)Backend.Of(request.Device);
        return new KernelLadder(
            "Reduction",
            $"sum of {n}, {request.DType}",
            n - 1.0,
            (double)n * request.DType.Size(),
            sum,
            [
                new("sum_tree", "the textbook's tree: a thread per element, every second one idle from the start", Runs("sum_tree", OneElementEach)),
                new("sum_sequential", "busy threads side by side: whole warps fall idle, no bank conflicts", Runs("sum_sequential", OneElementEach)),
                new("sum_shuffles", "many elements per thread, lanes exchange sums without memory or barriers", Runs("sum_shuffles", ManyElementsEach)),
                new("reduce_rows_sum", "loads of 16 bytes, several under way at once", () => backend.Reduce(Reduction.Sum, x, 0, sum)),
            ])
        {
            // Below 2²⁴ a sum of integers is exact in any order.
            ErrorBound = n * 15L < 1 << 24 ? 0 : LadderNumbers.SumBound(request, n) * 15,
        };

        // A kernel that leaves a number per block, run on its own results until one is left.
        Action Runs(string kernel, Func<int, int> blocksFor)
        {
            List<Tensor> levels = [x];
            while (levels[^1].ElementCount > 1 || levels.Count == 1)
            {
                int blocks = blocksFor(levels[^1].ElementCount);
                levels.Add(blocks == 1 ? sum.Reshape([1]) : new Tensor([blocks], request.DType, request.Device));
            }

            return () =>
            {
                for (int i = 0; i + 1 < levels.Count; i++)
                {
                    int blocks = levels[i + 1].ElementCount, count = levels[i].ElementCount;
                    backend.Launch(
                        "reductions", kernel, request.DType, blocks, Block, Block * request.DType.Size(), levels[i].Address, levels[i + 1].Address, count);
                }
            };
        }
    }

    // 1 to 15, so that a missing one shows.
    private static Tensor Integers(LadderRequest request, int n)
    {
        Tensor x = new([n], request.DType);
        for (int i = 0; i < n; i++)
        {
            x.SetFlat(i, 1 + request.Random.NextInt(15));
        }

        return x.To(request.Device);
    }

    private static int OneElementEach(int n) => (int)(((long)n + Block - 1) / Block);

    private static int ManyElementsEach(int n) => Math.Min(OneElementEach(n), n > Block * 16 ? 1024 : 1);
}
