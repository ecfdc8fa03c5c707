using System.Runtime.InteropServices;
using Native.Kernels.Libraries;

namespace Native.Kernels.CuBlas;

/// <summary>The functions of cuBLAS that this project calls, under the names they are exported by.</summary>
/// <remarks>
/// NVIDIA, "cuBLAS", cublas_api.h of CUDA 12 and 13, which agree on all of these. Matrices are column-major. Sizes and
/// leading dimensions are 32 bits wide, strides 64; alpha and beta are pointers into main memory.
/// </remarks>
internal static unsafe partial class CuBlasApi
{
    private const string Library = NativeLibraries.CuBlas;

    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasCreate_v2(out nint handle);

    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasDestroy_v2(nint handle);

    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasSetStream_v2(CuBlasHandle handle, nint stream);

    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasSetWorkspace_v2(CuBlasHandle handle, nint workspace, nuint bytes);

    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasSetMathMode(CuBlasHandle handle, CuBlasMath mode);

    [LibraryImport(Library)]
    internal static partial byte* cublasGetStatusName(CuBlasStatus status);

    [LibraryImport(Library)]
    internal static partial byte* cublasGetStatusString(CuBlasStatus status);

    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasSgemm_v2(
        CuBlasHandle handle,
        CuBlasOperation operationA,
        CuBlasOperation operationB,
        int m,
        int n,
        int k,
        float* alpha,
        nint a,
        int lda,
        nint b,
        int ldb,
        float* beta,
        nint c,
        int ldc);

    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasDgemm_v2(
        CuBlasHandle handle,
        CuBlasOperation operationA,
        CuBlasOperation operationB,
        int m,
        int n,
        int k,
        double* alpha,
        nint a,
        int lda,
        nint b,
        int ldb,
        double* beta,
        nint c,
        int ldc);

    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasSgemmStridedBatched(
        CuBlasHandle handle,
        CuBlasOperation operationA,
        CuBlasOperation operationB,
        int m,
        int n,
        int k,
        float* alpha,
        nint a,
        int lda,
        long strideA,
        nint b,
        int ldb,
        long strideB,
        float* beta,
        nint c,
        int ldc,
        long strideC,
        int batchCount);

    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasDgemmStridedBatched(
        CuBlasHandle handle,
        CuBlasOperation operationA,
        CuBlasOperation operationB,
        int m,
        int n,
        int k,
        double* alpha,
        nint a,
        int lda,
        long strideA,
        nint b,
        int ldb,
        long strideB,
        double* beta,
        nint c,
        int ldc,
        long strideC,
        int batchCount);

    /// <summary>alpha and beta are of the compute type: floats for the 32-bit ones, doubles for the 64-bit one.</summary>
    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasGemmEx(
        CuBlasHandle handle,
        CuBlasOperation operationA,
        CuBlasOperation operationB,
        int m,
        int n,
        int k,
        void* alpha,
        nint a,
        CudaDataType typeA,
        int lda,
        nint b,
        CudaDataType typeB,
        int ldb,
        void* beta,
        nint c,
        CudaDataType typeC,
        int ldc,
        CuBlasComputeType computeType,
        CuBlasAlgorithm algorithm);

    /// <summary>alpha and beta are of the compute type: floats for the 32-bit ones, doubles for the 64-bit one.</summary>
    [LibraryImport(Library)]
    internal static partial CuBlasStatus cublasGemmStridedBatchedEx(
        CuBlasHandle handle,
        CuBlasOperation operationA,
        CuBlasOperation operationB,
        int m,
        int n,
        int k,
        void* alpha,
        nint a,
        CudaDataType typeA,
        int lda,
        long strideA,
        nint b,
        CudaDataType typeB,
        int ldb,
        long strideB,
        void* beta,
        nint c,
        CudaDataType typeC,
        int ldc,
        long strideC,
        int batchCount,
        CuBlasComputeType computeType,
        CuBlasAlgorithm algorithm);
}
