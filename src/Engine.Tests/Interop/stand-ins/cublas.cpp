// cuBLAS in plain loops, column-major as documented. Arguments are checked strictly: what a binding gets wrong fails here.
#include "rounding.h"
#include "standin.h"
#include "vendor/cublas_types.h"

#include <algorithm>

struct cublasContext {
  cudaStream_t stream = nullptr;
  void* workspace = nullptr;
  size_t workspace_bytes = 0;
  cublasMath_t math = CUBLAS_DEFAULT_MATH;
  bool alive = true;
};

STANDIN_EXPORT_FAIL

namespace {

enum class Rounding { None, Tf32, BFloat16 };

// One matrix, or the first of a batch.
template <typename T>
struct Matrix {
  T* data;
  int leading;
  long long stride;
  cublasOperation_t operation = CUBLAS_OP_N;
};

float prepare(float value, Rounding rounding) {
  return rounding == Rounding::Tf32 ? standin::to_tf32(value) : rounding == Rounding::BFloat16 ? standin::to_bfloat16(value) : value;
}

double prepare(double value, Rounding) { return value; }

bool is_operation(cublasOperation_t operation) { return operation >= CUBLAS_OP_N && operation <= CUBLAS_OP_C; }

// The element (row, column) of op(M).
template <typename T>
T element(const Matrix<const T>& matrix, long long batch, int row, int column) {
  if (matrix.operation != CUBLAS_OP_N) std::swap(row, column);
  return matrix.data[batch * matrix.stride + static_cast<long long>(column) * matrix.leading + row];
}

// From the first to the last byte that a batch of matrices of so many columns occupies.
template <typename T>
size_t extent(const Matrix<T>& matrix, int rows, int columns, int batch) {
  if (rows == 0 || columns == 0 || batch == 0) return 0;
  return sizeof(T) * static_cast<size_t>((batch - 1) * matrix.stride + static_cast<long long>(columns - 1) * matrix.leading + rows);
}

template <typename T>
cublasStatus_t product(cublasHandle_t handle, int m, int n, int k, T alpha, Matrix<const T> a, Matrix<const T> b, T beta, Matrix<T> c, int batch,
                       Rounding rounding) {
  if (!handle || !handle->alive || !standin::has_context()) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (!is_operation(a.operation) || !is_operation(b.operation) || m < 0 || n < 0 || k < 0 || batch < 0) return CUBLAS_STATUS_INVALID_VALUE;
  int a_rows = a.operation == CUBLAS_OP_N ? m : k, a_columns = m + k - a_rows;
  int b_rows = b.operation == CUBLAS_OP_N ? k : n, b_columns = k + n - b_rows;
  if (a.leading < std::max(1, a_rows) || b.leading < std::max(1, b_rows) || c.leading < std::max(1, m)) return CUBLAS_STATUS_INVALID_VALUE;
  if (!standin::is_device_memory(a.data, extent(a, a_rows, a_columns, batch)) || !standin::is_device_memory(b.data, extent(b, b_rows, b_columns, batch)) ||
      !standin::is_device_memory(c.data, extent(c, m, n, batch))) {
    return CUBLAS_STATUS_EXECUTION_FAILED;
  }
  // The library writes what it likes into the workspace.
  void* workspace = handle->workspace;
  size_t workspace_bytes = handle->workspace_bytes;
  int failed = standin::enqueue(handle->stream, [=] {
    if (workspace) memset(workspace, 0xFF, workspace_bytes);
    for (long long i = 0; i < batch; i++) {
      for (int column = 0; column < n; column++) {
        for (int row = 0; row < m; row++) {
          double sum = 0;
          for (int l = 0; l < k; l++) {
            sum += static_cast<double>(prepare(element(a, i, row, l), rounding)) * static_cast<double>(prepare(element(b, i, l, column), rounding));
          }
          T& result = c.data[i * c.stride + static_cast<long long>(column) * c.leading + row];
          result = static_cast<T>(alpha * sum + (beta == 0 ? 0 : beta * static_cast<double>(result)));
        }
      }
    }
  });
  return failed ? CUBLAS_STATUS_EXECUTION_FAILED : CUBLAS_STATUS_SUCCESS;
}

Rounding rounding_of(cublasMath_t math) { return math == CUBLAS_TF32_TENSOR_OP_MATH ? Rounding::Tf32 : Rounding::None; }

// Float32 matrices with one of the 32-bit compute types.
cublasStatus_t product_ex(cublasHandle_t handle, cublasOperation_t operation_a, cublasOperation_t operation_b, int m, int n, int k, const void* alpha,
                          const void* a, cudaDataType a_type, int lda, long long stride_a, const void* b, cudaDataType b_type, int ldb, long long stride_b,
                          const void* beta, void* c, cudaDataType c_type, int ldc, long long stride_c, int batch, cublasComputeType_t compute,
                          cublasGemmAlgo_t algorithm) {
  if (algorithm < CUBLAS_GEMM_DEFAULT || algorithm > 115) return CUBLAS_STATUS_INVALID_VALUE;
  if (a_type != CUDA_R_32F || b_type != CUDA_R_32F || c_type != CUDA_R_32F) return CUBLAS_STATUS_NOT_SUPPORTED;
  Rounding rounding;
  switch (compute) {
    case CUBLAS_COMPUTE_32F: rounding = Rounding::None; break;
    case CUBLAS_COMPUTE_32F_FAST_TF32: rounding = Rounding::Tf32; break;
    case CUBLAS_COMPUTE_32F_FAST_16BF: rounding = Rounding::BFloat16; break;
    default: return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  return product<float>(handle, m, n, k, *static_cast<const float*>(alpha), {static_cast<const float*>(a), lda, stride_a, operation_a},
                        {static_cast<const float*>(b), ldb, stride_b, operation_b}, *static_cast<const float*>(beta), {static_cast<float*>(c), ldc, stride_c},
                        batch, rounding);
}

}  // namespace

STANDIN_API cublasStatus_t cublasGetProperty(libraryPropertyType type, int* value) {
  if (type > PATCH_LEVEL || !value) return CUBLAS_STATUS_INVALID_VALUE;
  *value = type == MAJOR_VERSION ? 13 : type == MINOR_VERSION ? 0 : 2;
  return CUBLAS_STATUS_SUCCESS;
}

STANDIN_API const char* cublasGetStatusName(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS: return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case CUBLAS_STATUS_ALLOC_FAILED: return "CUBLAS_STATUS_ALLOC_FAILED";
    case CUBLAS_STATUS_INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case CUBLAS_STATUS_NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "CUBLAS_STATUS_UNKNOWN";
  }
}

STANDIN_API const char* cublasGetStatusString(cublasStatus_t status) {
  return status == CUBLAS_STATUS_INVALID_VALUE ? "an unsupported value or parameter was passed to the function" : cublasGetStatusName(status);
}

STANDIN_API cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  STANDIN_FAIL("cublasCreate_v2", cublasStatus_t);
  if (!standin::has_context()) return CUBLAS_STATUS_NOT_INITIALIZED;
  *handle = new cublasContext;
  return CUBLAS_STATUS_SUCCESS;
}

// The handle stays allocated, so that a use after this is noticed.
STANDIN_API cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  STANDIN_FAIL("cublasDestroy_v2", cublasStatus_t);
  if (!handle || !handle->alive) return CUBLAS_STATUS_NOT_INITIALIZED;
  handle->alive = false;
  return CUBLAS_STATUS_SUCCESS;
}

// Sets the workspace back to the library's own, as documented.
STANDIN_API cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  STANDIN_FAIL("cublasSetStream_v2", cublasStatus_t);
  if (!handle || !handle->alive) return CUBLAS_STATUS_NOT_INITIALIZED;
  handle->stream = stream;
  handle->workspace = nullptr;
  handle->workspace_bytes = 0;
  return CUBLAS_STATUS_SUCCESS;
}

STANDIN_API cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, size_t bytes) {
  STANDIN_FAIL("cublasSetWorkspace_v2", cublasStatus_t);
  if (!handle || !handle->alive) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (reinterpret_cast<size_t>(workspace) % 256 || !standin::is_device_memory(workspace, bytes)) return CUBLAS_STATUS_INVALID_VALUE;
  handle->workspace = workspace;
  handle->workspace_bytes = bytes;
  return CUBLAS_STATUS_SUCCESS;
}

STANDIN_API cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t math) {
  STANDIN_FAIL("cublasSetMathMode", cublasStatus_t);
  if (!handle || !handle->alive) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (math > CUBLAS_TF32_TENSOR_OP_MATH) return CUBLAS_STATUS_INVALID_VALUE;
  handle->math = math;
  return CUBLAS_STATUS_SUCCESS;
}

// For tests: where the workspace is now.
STANDIN_API void* standin_cublas_workspace(cublasHandle_t handle) { return handle->workspace; }

STANDIN_API cublasStatus_t cublasSgemm_v2(cublasHandle_t handle, cublasOperation_t operation_a, cublasOperation_t operation_b, int m, int n, int k,
                                          const float* alpha, const float* a, int lda, const float* b, int ldb, const float* beta, float* c, int ldc) {
  STANDIN_FAIL("cublasSgemm_v2", cublasStatus_t);
  return product<float>(handle, m, n, k, *alpha, {a, lda, 0, operation_a}, {b, ldb, 0, operation_b}, *beta, {c, ldc, 0}, 1, rounding_of(handle->math));
}

STANDIN_API cublasStatus_t cublasDgemm_v2(cublasHandle_t handle, cublasOperation_t operation_a, cublasOperation_t operation_b, int m, int n, int k,
                                          const double* alpha, const double* a, int lda, const double* b, int ldb, const double* beta, double* c, int ldc) {
  STANDIN_FAIL("cublasDgemm_v2", cublasStatus_t);
  return product<double>(handle, m, n, k, *alpha, {a, lda, 0, operation_a}, {b, ldb, 0, operation_b}, *beta, {c, ldc, 0}, 1, Rounding::None);
}

STANDIN_API cublasStatus_t cublasSgemmStridedBatched(cublasHandle_t handle, cublasOperation_t operation_a, cublasOperation_t operation_b, int m, int n, int k,
                                                     const float* alpha, const float* a, int lda, long long stride_a, const float* b, int ldb,
                                                     long long stride_b, const float* beta, float* c, int ldc, long long stride_c, int batch) {
  STANDIN_FAIL("cublasSgemmStridedBatched", cublasStatus_t);
  return product<float>(handle, m, n, k, *alpha, {a, lda, stride_a, operation_a}, {b, ldb, stride_b, operation_b}, *beta, {c, ldc, stride_c}, batch,
                        rounding_of(handle->math));
}

STANDIN_API cublasStatus_t cublasDgemmStridedBatched(cublasHandle_t handle, cublasOperation_t operation_a, cublasOperation_t operation_b, int m, int n, int k,
                                                     const double* alpha, const double* a, int lda, long long stride_a, const double* b, int ldb,
                                                     long long stride_b, const double* beta, double* c, int ldc, long long stride_c, int batch) {
  STANDIN_FAIL("cublasDgemmStridedBatched", cublasStatus_t);
  return product<double>(handle, m, n, k, *alpha, {a, lda, stride_a, operation_a}, {b, ldb, stride_b, operation_b}, *beta, {c, ldc, stride_c}, batch,
                         Rounding::None);
}

STANDIN_API cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t operation_a, cublasOperation_t operation_b, int m, int n, int k,
                                        const void* alpha, const void* a, cudaDataType a_type, int lda, const void* b, cudaDataType b_type, int ldb,
                                        const void* beta, void* c, cudaDataType c_type, int ldc, cublasComputeType_t compute, cublasGemmAlgo_t algorithm) {
  STANDIN_FAIL("cublasGemmEx", cublasStatus_t);
  return product_ex(handle, operation_a, operation_b, m, n, k, alpha, a, a_type, lda, 0, b, b_type, ldb, 0, beta, c, c_type, ldc, 0, 1, compute, algorithm);
}

STANDIN_API cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t operation_a, cublasOperation_t operation_b, int m, int n, int k,
                                                      const void* alpha, const void* a, cudaDataType a_type, int lda, long long stride_a, const void* b,
                                                      cudaDataType b_type, int ldb, long long stride_b, const void* beta, void* c, cudaDataType c_type,
                                                      int ldc, long long stride_c, int batch, cublasComputeType_t compute, cublasGemmAlgo_t algorithm) {
  STANDIN_FAIL("cublasGemmStridedBatchedEx", cublasStatus_t);
  return product_ex(handle, operation_a, operation_b, m, n, k, alpha, a, a_type, lda, stride_a, b, b_type, ldb, stride_b, beta, c, c_type, ldc, stride_c, batch,
                    compute, algorithm);
}
