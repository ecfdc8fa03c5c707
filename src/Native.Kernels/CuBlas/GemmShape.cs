namespace Native.Kernels.CuBlas;

/// <summary>The sizes of a row-major matrix product: y (M×N) = op(a) (M×K) · op(b) (K×N), for each matrix of a batch.</summary>
/// <param name="M">Rows of y.</param>
/// <param name="N">Columns of y.</param>
/// <param name="K">What is summed over.</param>
/// <param name="TransposeA">True where a is stored as K×M.</param>
/// <param name="TransposeB">True where b is stored as N×K.</param>
/// <param name="Batch">How many products.</param>
/// <param name="StrideA">From one a to the next, in elements; 0 where all share one.</param>
/// <param name="StrideB">From one b to the next, in elements; 0 where all share one.</param>
/// <param name="StrideY">From one y to the next, in elements.</param>
public readonly record struct GemmShape(
    int M, int N, int K, bool TransposeA, bool TransposeB, int Batch, long StrideA, long StrideB, long StrideY)
{
    /// <summary>One product.</summary>
    public GemmShape(int m, int n, int k, bool transposeA = false, bool transposeB = false)
        : this(m, n, k, transposeA, transposeB, 1, 0, 0, 0)
    {
    }

    /// <summary>A batch of products whose matrices lie one after the other.</summary>
    /// <param name="batch">How many.</param>
    /// <param name="m">Rows of y.</param>
    /// <param name="n">Columns of y.</param>
    /// <param name="k">What is summed over.</param>
    /// <param name="transposeA">True where a is stored as K×M.</param>
    /// <param name="transposeB">True where b is stored as N×K.</param>
    /// <param name="sharedB">True where one b serves the whole batch.</param>
    public static GemmShape Batched(int batch, int m, int n, int k, bool transposeA, bool transposeB, bool sharedB) =>
        new(m, n, k, transposeA, transposeB, batch, (long)m * k, sharedB ? 0 : (long)k * n, (long)m * n);
}
