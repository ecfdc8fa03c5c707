using static Native.Kernels.CuBlas.CuBlasApi;

namespace Native.Kernels.CuBlas;

// The products under the library's own names, with its own convention of columns.
public sealed unsafe partial class CuBlasHandle
{
    private const CudaDataType Float32 = CudaDataType.Float32;

    /// <summary>cublasSgemm: C (m×n) = α·op(A)·op(B) + β·C, Float32, column-major.</summary>
    /// <param name="m">Rows of op(A) and C.</param>
    /// <param name="n">Columns of op(B) and C.</param>
    /// <param name="k">Columns of op(A), rows of op(B).</param>
    /// <param name="alpha">α.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="beta">β; where it is 0, C need not hold numbers.</param>
    /// <param name="c">C.</param>
    public void Sgemm(int m, int n, int k, float alpha, in CuBlasMatrix a, in CuBlasMatrix b, float beta, in CuBlasMatrix c)
    {
        Context.MakeCurrent();
        CuBlasStatus status = cublasSgemm_v2(
            this, a.Operation, b.Operation, m, n, k, &alpha, a.Address, a.LeadingDimension, b.Address, b.LeadingDimension, &beta, c.Address, c.LeadingDimension);
        CheckProduct(status, "cublasSgemm", m, n, k, a, b, c);
    }

    /// <summary>cublasDgemm: the same with Float64.</summary>
    /// <inheritdoc cref="Sgemm" path="/param"/>
    public void Dgemm(int m, int n, int k, double alpha, in CuBlasMatrix a, in CuBlasMatrix b, double beta, in CuBlasMatrix c)
    {
        Context.MakeCurrent();
        CuBlasStatus status = cublasDgemm_v2(
            this, a.Operation, b.Operation, m, n, k, &alpha, a.Address, a.LeadingDimension, b.Address, b.LeadingDimension, &beta, c.Address, c.LeadingDimension);
        CheckProduct(status, "cublasDgemm", m, n, k, a, b, c);
    }

    /// <summary>cublasSgemmStridedBatched: C (m×n) = α·op(A)·op(B) + β·C for each matrix of a batch, Float32, column-major.</summary>
    /// <param name="m">Rows of op(A) and C.</param>
    /// <param name="n">Columns of op(B) and C.</param>
    /// <param name="k">Columns of op(A), rows of op(B).</param>
    /// <param name="alpha">α.</param>
    /// <param name="a">The first A, and the stride to the next.</param>
    /// <param name="b">The first B, and the stride to the next.</param>
    /// <param name="beta">β; where it is 0, C need not hold numbers.</param>
    /// <param name="c">The first C, and the stride to the next.</param>
    /// <param name="batch">How many products.</param>
    public void SgemmStridedBatched(
        int m, int n, int k, float alpha, in CuBlasMatrix a, in CuBlasMatrix b, float beta, in CuBlasMatrix c, int batch)
    {
        Context.MakeCurrent();
        CuBlasStatus status = cublasSgemmStridedBatched(
            this,
            a.Operation,
            b.Operation,
            m,
            n,
            k,
            &alpha,
            a.Address,
            a.LeadingDimension,
            a.Stride,
            b.Address,
            b.LeadingDimension,
            b.Stride,
            &beta,
            c.Address,
            c.LeadingDimension,
            c.Stride,
            batch);
        CheckProduct(status, "cublasSgemmStridedBatched", m, n, k, a, b, c, batch);
    }

    /// <summary>cublasDgemmStridedBatched: the same with Float64.</summary>
    /// <inheritdoc cref="SgemmStridedBatched" path="/param"/>
    public void DgemmStridedBatched(
        int m, int n, int k, double alpha, in CuBlasMatrix a, in CuBlasMatrix b, double beta, in CuBlasMatrix c, int batch)
    {
        Context.MakeCurrent();
        CuBlasStatus status = cublasDgemmStridedBatched(
            this,
            a.Operation,
            b.Operation,
            m,
            n,
            k,
            &alpha,
            a.Address,
            a.LeadingDimension,
            a.Stride,
            b.Address,
            b.LeadingDimension,
            b.Stride,
            &beta,
            c.Address,
            c.LeadingDimension,
            c.Stride,
            batch);
        CheckProduct(status, "cublasDgemmStridedBatched", m, n, k, a, b, c, batch);
    }

    /// <summary>cublasGemmEx: a product of Float32 matrices, with the precision that is asked for.</summary>
    /// <param name="m">Rows of op(A) and C.</param>
    /// <param name="n">Columns of op(B) and C.</param>
    /// <param name="k">Columns of op(A), rows of op(B).</param>
    /// <param name="alpha">α.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="beta">β; where it is 0, C need not hold numbers.</param>
    /// <param name="c">C.</param>
    /// <param name="compute">One of the 32-bit compute types.</param>
    public void GemmEx(
        int m, int n, int k, float alpha, in CuBlasMatrix a, in CuBlasMatrix b, float beta, in CuBlasMatrix c, CuBlasComputeType compute)
    {
        Context.MakeCurrent();
        CuBlasStatus status = cublasGemmEx(
            this,
            a.Operation,
            b.Operation,
            m,
            n,
            k,
            &alpha,
            a.Address,
            Float32,
            a.LeadingDimension,
            b.Address,
            Float32,
            b.LeadingDimension,
            &beta,
            c.Address,
            Float32,
            c.LeadingDimension,
            compute,
            CuBlasAlgorithm.Default);
        CheckProduct(status, "cublasGemmEx", m, n, k, a, b, c, 1, compute);
    }

    /// <summary>cublasGemmStridedBatchedEx: the same for each matrix of a batch.</summary>
    /// <param name="m">Rows of op(A) and C.</param>
    /// <param name="n">Columns of op(B) and C.</param>
    /// <param name="k">Columns of op(A), rows of op(B).</param>
    /// <param name="alpha">α.</param>
    /// <param name="a">The first A, and the stride to the next.</param>
    /// <param name="b">The first B, and the stride to the next.</param>
    /// <param name="beta">β; where it is 0, C need not hold numbers.</param>
    /// <param name="c">The first C, and the stride to the next.</param>
    /// <param name="batch">How many products.</param>
    /// <param name="compute">One of the 32-bit compute types.</param>
    public void GemmStridedBatchedEx(
        int m, int n, int k, float alpha, in CuBlasMatrix a, in CuBlasMatrix b, float beta, in CuBlasMatrix c, int batch, CuBlasComputeType compute)
    {
        Context.MakeCurrent();
        CuBlasStatus status = cublasGemmStridedBatchedEx(
            this,
            a.Operation,
            b.Operation,
            m,
            n,
            k,
            &alpha,
            a.Address,
            Float32,
            a.LeadingDimension,
            a.Stride,
            b.Address,
            Float32,
            b.LeadingDimension,
            b.Stride,
            &beta,
            c.Address,
            Float32,
            c.LeadingDimension,
            c.Stride,
            batch,
            compute,
            CuBlasAlgorithm.Default);
        CheckProduct(status, "cublasGemmStridedBatchedEx", m, n, k, a, b, c, batch, compute);
    }

    private static void CheckProduct(
        CuBlasStatus status, string call, int m, int n, int k, in CuBlasMatrix a, in CuBlasMatrix b, in CuBlasMatrix c, int batch = 1, CuBlasComputeType? compute = null)
    {
        if (status != CuBlasStatus.Success)
        {
            throw new CuBlasException(status, call, $"m {m}, n {n}, k {k}, A {Text(a)}, B {Text(b)}, C {Text(c)}, batch {batch}{(compute is null ? "" : $", {compute}")}");
        }

        static string Text(in CuBlasMatrix matrix) =>
            $"(leading dimension {matrix.LeadingDimension}{(matrix.Operation == CuBlasOperation.Transpose ? ", transposed" : "")})";
    }
}
