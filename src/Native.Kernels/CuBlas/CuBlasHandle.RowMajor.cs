namespace Native.Kernels.CuBlas;

public sealed partial class CuBlasHandle
{
    /// <summary>y = α·op(a)·op(b) + β·y for row-major matrices, each stored without gaps.</summary>
    /// <remarks>
    /// <para>
    /// The library thinks in columns. What is an M×N matrix to us, row after row, is to it an N×M matrix, column after
    /// column: the transpose, without a number being moved. So we ask for yᵀ instead of y:
    ///   yᵀ = (op(a)·op(b))ᵀ = op(b)ᵀ·op(a)ᵀ,
    /// the operands change places, and m and n with them.
    /// </para>
    /// <para>
    /// b as it is stored (K×N, or N×K where it is to be transposed) is seen as bᵀ. Without transposition op(b)ᵀ = bᵀ is
    /// exactly what is seen: no operation. With it op(b)ᵀ = b is the transpose of what is seen: transpose. So the flags
    /// keep their meaning, and the leading dimension of each matrix is the length of its stored rows.
    /// </para>
    /// </remarks>
    /// <param name="type">The type of all matrices: Float32 or Float64.</param>
    /// <param name="shape">Sizes, transpositions, batch.</param>
    /// <param name="alpha">α.</param>
    /// <param name="a">a's device address.</param>
    /// <param name="b">b's device address.</param>
    /// <param name="beta">β; where it is 0, y need not hold numbers.</param>
    /// <param name="y">y's device address.</param>
    /// <param name="mode">With which precision Float32 is multiplied.</param>
    /// <exception cref="CuBlasException">The library refuses.</exception>
    /// <exception cref="ArgumentException">The type is another.</exception>
    public void Gemm(
        CudaDataType type, in GemmShape shape, double alpha, nint a, nint b, double beta, nint y, MatrixMode mode = MatrixMode.Float32)
    {
        (CuBlasMatrix first, CuBlasMatrix second, CuBlasMatrix result) = SeenInColumns(shape, a, b, y);
        switch (type)
        {
            case CudaDataType.Float32:
                Multiply(shape, (float)alpha, first, second, (float)beta, result, mode);
                break;
            case CudaDataType.Float64:
                Multiply(shape, alpha, first, second, beta, result);
                break;
            default:
                throw new ArgumentException($"Matrices of {type} are not multiplied here; Float32 and Float64 are.", nameof(type));
        }
    }

    private void Multiply(
        in GemmShape shape, float alpha, in CuBlasMatrix first, in CuBlasMatrix second, float beta, in CuBlasMatrix result, MatrixMode mode)
    {
        (int m, int n, int k) = (shape.N, shape.M, shape.K);
        switch (mode, shape.Batch)
        {
            case (MatrixMode.Float32, 1):
                Sgemm(m, n, k, alpha, first, second, beta, result);
                break;
            case (MatrixMode.Float32, _):
                SgemmStridedBatched(m, n, k, alpha, first, second, beta, result, shape.Batch);
                break;
            case (_, 1):
                GemmEx(m, n, k, alpha, first, second, beta, result, ComputeType(mode));
                break;
            default:
                GemmStridedBatchedEx(m, n, k, alpha, first, second, beta, result, shape.Batch, ComputeType(mode));
                break;
        }
    }

    private void Multiply(in GemmShape shape, double alpha, in CuBlasMatrix first, in CuBlasMatrix second, double beta, in CuBlasMatrix result)
    {
        (int m, int n, int k) = (shape.N, shape.M, shape.K);
        if (shape.Batch == 1)
        {
            Dgemm(m, n, k, alpha, first, second, beta, result);
        }
        else
        {
            DgemmStridedBatched(m, n, k, alpha, first, second, beta, result, shape.Batch);
        }
    }

    // b, a and y, in the order in which the library gets them. It wants leading dimensions of 1 even where there is nothing.
    private static (CuBlasMatrix B, CuBlasMatrix A, CuBlasMatrix Y) SeenInColumns(in GemmShape shape, nint a, nint b, nint y) => (
        new(b, Math.Max(1, shape.TransposeB ? shape.K : shape.N), Operation(shape.TransposeB), shape.StrideB),
        new(a, Math.Max(1, shape.TransposeA ? shape.M : shape.K), Operation(shape.TransposeA), shape.StrideA),
        new(y, Math.Max(1, shape.N), CuBlasOperation.None, shape.StrideY));

    private static CuBlasOperation Operation(bool transpose) => transpose ? CuBlasOperation.Transpose : CuBlasOperation.None;

    private static CuBlasComputeType ComputeType(MatrixMode mode) => mode switch
    {
        MatrixMode.TensorFloat32 => CuBlasComputeType.Float32FastTensorFloat32,
        MatrixMode.BFloat16 => CuBlasComputeType.Float32FastBFloat16,
        _ => CuBlasComputeType.Float32,
    };
}
