using Engine.Tensors;

namespace Engine.Backends;

/// <summary>The sizes of a matrix product: y (M×N) = op(a) (M×K) · op(b) (K×N), perhaps for each matrix of a batch.</summary>
/// <param name="Batch">How many products.</param>
/// <param name="M">Rows of y.</param>
/// <param name="N">Columns of y.</param>
/// <param name="K">What is summed over.</param>
/// <param name="SharedB">Whether one b serves the whole batch.</param>
public readonly record struct MatMulShape(int Batch, int M, int N, int K, bool SharedB)
{
    /// <summary>The sizes of a product.</summary>
    /// <exception cref="ShapeException">The inner sizes or the batches differ, or an operand is no matrix.</exception>
    public static MatMulShape Sizes(Shape a, Shape b, bool transposeA, bool transposeB)
    {
        if (a.Rank < 2 || b.Rank < 2)
        {
            throw new ShapeException($"MatMul needs matrices, given {a} and {b}.");
        }

        int m = a[transposeA ? -1 : -2], k = a[transposeA ? -2 : -1];
        int n = b[transposeB ? -2 : -1], kOfB = b[transposeB ? -1 : -2];
        if (k != kOfB)
        {
            throw new ShapeException(
                $"MatMul: the inner sizes differ, {k} and {kOfB}, for {a}{(transposeA ? "ᵀ" : "")} · {b}{(transposeB ? "ᵀ" : "")}.");
        }

        int batch = a.ElementCount / (m * k), batchOfB = b.ElementCount / (k * n);
        bool shared = b.Rank == 2;
        if (!shared && (batch != batchOfB || a.Rank != b.Rank))
        {
            throw new ShapeException($"MatMul: {a} and {b} are batches of {batch} and {batchOfB} matrices; they must agree, or b be one matrix.");
        }

        return new MatMulShape(batch, m, n, k, shared);
    }

    /// <summary>The shape of the product.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Shape Of(Shape a, Shape b, bool transposeA, bool transposeB)
    {
        MatMulShape sizes = Sizes(a, b, transposeA, transposeB);
        return a.With(-2, sizes.M).With(-1, sizes.N);
    }
}
