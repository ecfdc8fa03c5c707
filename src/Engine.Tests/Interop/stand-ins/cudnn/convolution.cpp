// Convolution as its formula says, one product after the other. The lists of algorithms are made so that a careless choice
// shows: the first gives different bits each time, the second wants a lot of memory.
#include "../rounding.h"
#include "library.h"

#include <cmath>
#include <vector>

using dnn::are;
using dnn::blend;
using dnn::factor;
using dnn::holds;
using dnn::refuse;

namespace {

constexpr size_t Greedy = size_t(1) << 40;
constexpr size_t Modest = 512;

struct Geometry {
  cudnnTensorStruct x, y;
  cudnnFilterStruct w;
  cudnnConvolutionStruct convolution;
};

int positions(int size, int pad, int kernel, int stride, int dilation) { return (size + 2 * pad - ((kernel - 1) * dilation + 1)) / stride + 1; }

cudnnStatus_t check(const Geometry& g) {
  const auto& c = g.convolution;
  if (g.x.type != g.w.type || g.x.type != g.y.type || c.compute != g.x.type) return refuse(CUDNN_STATUS_BAD_PARAM, "types differ");
  bool fits = g.x.c % c.groups == 0 && g.w.k % c.groups == 0 && g.w.c == g.x.c / c.groups && g.y.n == g.x.n && g.y.c == g.w.k &&
              g.y.h == positions(g.x.h, c.pad_h, g.w.h, c.stride_h, c.dilation_h) && g.y.w == positions(g.x.w, c.pad_w, g.w.w, c.stride_w, c.dilation_w);
  return fits ? CUDNN_STATUS_SUCCESS : refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "sizes do not fit each other");
}

// Calls visit(x index, w index, y index) for every product of the convolution.
template <typename Visit>
void products(const Geometry& g, Visit visit) {
  const auto& c = g.convolution;
  int channels = g.w.c, filters = g.w.k / c.groups;
  for (int n = 0; n < g.y.n; n++) {
    for (int k = 0; k < g.y.c; k++) {
      for (int i = 0; i < g.y.h; i++) {
        for (int j = 0; j < g.y.w; j++) {
          for (int channel = 0; channel < channels; channel++) {
            for (int r = 0; r < g.w.h; r++) {
              for (int s = 0; s < g.w.w; s++) {
                int row = i * c.stride_h + r * c.dilation_h - c.pad_h, column = j * c.stride_w + s * c.dilation_w - c.pad_w;
                if (row < 0 || row >= g.x.h || column < 0 || column >= g.x.w) continue;
                int from = k / filters * channels + channel;
                visit(((size_t(n) * g.x.c + from) * g.x.h + row) * g.x.w + column, ((size_t(k) * channels + channel) * g.w.h + r) * g.w.w + s,
                      ((size_t(n) * g.y.c + k) * g.y.h + i) * g.y.w + j);
              }
            }
          }
        }
      }
    }
  }
}

// TF32 on Float32, unless the convolution is to keep to multiply-add units.
double prepare(float value, cudnnMathType_t math) { return math == CUDNN_FMA_MATH ? value : standin::to_tf32(value); }
double prepare(double value, cudnnMathType_t) { return value; }

template <typename Perf, typename Algorithm>
cudnnStatus_t offer(Perf* results, int requested, int* returned, Algorithm irreproducible, Algorithm greedy, Algorithm modest, const Geometry& g) {
  if (!results || !returned || requested < 1) return refuse(CUDNN_STATUS_BAD_PARAM, "results");
  cudnnMathType_t fast = g.convolution.math == CUDNN_FMA_MATH ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH;
  const Perf all[] = {
      {irreproducible, CUDNN_STATUS_SUCCESS, 0.1f, 0, CUDNN_NON_DETERMINISTIC, fast, {}},
      {greedy, CUDNN_STATUS_SUCCESS, 0.2f, Greedy, CUDNN_DETERMINISTIC, fast, {}},
      {greedy, CUDNN_STATUS_NOT_SUPPORTED, -1, 0, CUDNN_DETERMINISTIC, fast, {}},
      {modest, CUDNN_STATUS_SUCCESS, 0.3f, Modest, CUDNN_DETERMINISTIC, fast, {}},
  };
  *returned = 0;
  for (const Perf& one : all) {
    if (*returned < requested) results[(*returned)++] = one;
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t workspace_size(int algorithm, int modest, const Geometry& g, size_t* bytes) {
  if (cudnnStatus_t status = check(g)) return status;
  if (algorithm != modest) return refuse(CUDNN_STATUS_NOT_SUPPORTED, "an algorithm that was not to be chosen");
  *bytes = Modest;
  return CUDNN_STATUS_SUCCESS;
}

// Writes over the workspace, as the library may.
cudnnStatus_t use(void* workspace, size_t bytes) {
  if (bytes < Modest || !standin::is_device_memory(workspace, bytes)) return refuse(CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT, "workspace");
  memset(workspace, 0xFF, bytes);
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

STANDIN_API cudnnStatus_t cudnnGetConvolutionForwardAlgorithm_v7(cudnnHandle_t handle, const cudnnTensorDescriptor_t x, const cudnnFilterDescriptor_t w,
                                                                 const cudnnConvolutionDescriptor_t convolution, const cudnnTensorDescriptor_t y,
                                                                 const int requested, int* returned, cudnnConvolutionFwdAlgoPerf_t* results) {
  STANDIN_FAIL("cudnnGetConvolutionForwardAlgorithm_v7", cudnnStatus_t);
  if (!are(handle, x, w, convolution, y)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  Geometry g{*x, *y, *w, *convolution};
  if (cudnnStatus_t status = check(g)) return status;
  return offer(results, requested, returned, CUDNN_CONVOLUTION_FWD_ALGO_GEMM, CUDNN_CONVOLUTION_FWD_ALGO_FFT, CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM, g);
}

STANDIN_API cudnnStatus_t cudnnGetConvolutionBackwardDataAlgorithm_v7(cudnnHandle_t handle, const cudnnFilterDescriptor_t w, const cudnnTensorDescriptor_t dy,
                                                                      const cudnnConvolutionDescriptor_t convolution, const cudnnTensorDescriptor_t dx,
                                                                      const int requested, int* returned, cudnnConvolutionBwdDataAlgoPerf_t* results) {
  STANDIN_FAIL("cudnnGetConvolutionBackwardDataAlgorithm_v7", cudnnStatus_t);
  if (!are(handle, w, dy, convolution, dx)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  Geometry g{*dx, *dy, *w, *convolution};
  if (cudnnStatus_t status = check(g)) return status;
  return offer(results, requested, returned, CUDNN_CONVOLUTION_BWD_DATA_ALGO_0, CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT, CUDNN_CONVOLUTION_BWD_DATA_ALGO_1, g);
}

STANDIN_API cudnnStatus_t cudnnGetConvolutionBackwardFilterAlgorithm_v7(cudnnHandle_t handle, const cudnnTensorDescriptor_t x,
                                                                        const cudnnTensorDescriptor_t dy, const cudnnConvolutionDescriptor_t convolution,
                                                                        const cudnnFilterDescriptor_t dw, const int requested, int* returned,
                                                                        cudnnConvolutionBwdFilterAlgoPerf_t* results) {
  STANDIN_FAIL("cudnnGetConvolutionBackwardFilterAlgorithm_v7", cudnnStatus_t);
  if (!are(handle, x, dy, convolution, dw)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  Geometry g{*x, *dy, *dw, *convolution};
  if (cudnnStatus_t status = check(g)) return status;
  return offer(results, requested, returned, CUDNN_CONVOLUTION_BWD_FILTER_ALGO_3, CUDNN_CONVOLUTION_BWD_FILTER_ALGO_FFT, CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1, g);
}

STANDIN_API cudnnStatus_t cudnnGetConvolutionForwardWorkspaceSize(cudnnHandle_t handle, const cudnnTensorDescriptor_t x, const cudnnFilterDescriptor_t w,
                                                                  const cudnnConvolutionDescriptor_t convolution, const cudnnTensorDescriptor_t y,
                                                                  cudnnConvolutionFwdAlgo_t algorithm, size_t* bytes) {
  if (!are(handle, x, w, convolution, y)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  return workspace_size(algorithm, CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM, {*x, *y, *w, *convolution}, bytes);
}

STANDIN_API cudnnStatus_t cudnnGetConvolutionBackwardDataWorkspaceSize(cudnnHandle_t handle, const cudnnFilterDescriptor_t w, const cudnnTensorDescriptor_t dy,
                                                                       const cudnnConvolutionDescriptor_t convolution, const cudnnTensorDescriptor_t dx,
                                                                       cudnnConvolutionBwdDataAlgo_t algorithm, size_t* bytes) {
  if (!are(handle, w, dy, convolution, dx)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  return workspace_size(algorithm, CUDNN_CONVOLUTION_BWD_DATA_ALGO_1, {*dx, *dy, *w, *convolution}, bytes);
}

STANDIN_API cudnnStatus_t cudnnGetConvolutionBackwardFilterWorkspaceSize(cudnnHandle_t handle, const cudnnTensorDescriptor_t x,
                                                                         const cudnnTensorDescriptor_t dy, const cudnnConvolutionDescriptor_t convolution,
                                                                         const cudnnFilterDescriptor_t dw, cudnnConvolutionBwdFilterAlgo_t algorithm,
                                                                         size_t* bytes) {
  if (!are(handle, x, dy, convolution, dw)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  return workspace_size(algorithm, CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1, {*x, *dy, *dw, *convolution}, bytes);
}

namespace {

// y = f(α·conv(x, w) + b) + β·y, with b per channel or none.
template <typename T, typename Activation>
void forward(const Geometry& g, const void* x, const void* w, const void* bias, double alpha, double beta, void* y, Activation activation) {
  std::vector<double> sum(g.y.count());
  auto* from = static_cast<const T*>(x);
  auto* weights = static_cast<const T*>(w);
  products(g, [&](size_t i, size_t j, size_t k) { sum[k] += prepare(from[i], g.convolution.math) * prepare(weights[j], g.convolution.math); });
  size_t plane = size_t(g.y.h) * g.y.w;
  for (size_t k = 0; k < g.y.count(); k++) {
    double b = bias ? static_cast<double>(static_cast<const T*>(bias)[k / plane % g.y.c]) : 0;
    blend(static_cast<T*>(y) + k, 1, activation(alpha * sum[k] + b), beta);
  }
}

}  // namespace

STANDIN_API cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t handle, const void* alpha, const cudnnTensorDescriptor_t x_descriptor, const void* x,
                                                  const cudnnFilterDescriptor_t w_descriptor, const void* w,
                                                  const cudnnConvolutionDescriptor_t convolution, cudnnConvolutionFwdAlgo_t algorithm, void* workspace,
                                                  size_t workspace_bytes, const void* beta, const cudnnTensorDescriptor_t y_descriptor, void* y) {
  STANDIN_FAIL("cudnnConvolutionForward", cudnnStatus_t);
  if (!are(handle, x_descriptor, w_descriptor, convolution, y_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  Geometry g{*x_descriptor, *y_descriptor, *w_descriptor, *convolution};
  if (cudnnStatus_t status = check(g)) return status;
  if (algorithm != CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM) return refuse(CUDNN_STATUS_NOT_SUPPORTED, "algorithm");
  if (!holds(x, g.x) || !holds(w, g.w) || !holds(y, g.y)) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  if (cudnnStatus_t status = use(workspace, workspace_bytes)) return status;
  double a = factor(alpha, g.x.type), b = factor(beta, g.x.type);
  return dnn::run(handle, g.x.type, [=](auto zero) { forward<decltype(zero)>(g, x, w, nullptr, a, b, y, [](double value) { return value; }); });
}

STANDIN_API cudnnStatus_t cudnnConvolutionBiasActivationForward(
    cudnnHandle_t handle, const void* alpha1, const cudnnTensorDescriptor_t x_descriptor, const void* x, const cudnnFilterDescriptor_t w_descriptor,
    const void* w, const cudnnConvolutionDescriptor_t convolution, cudnnConvolutionFwdAlgo_t algorithm, void* workspace, size_t workspace_bytes,
    const void* alpha2, const cudnnTensorDescriptor_t z_descriptor, const void* z, const cudnnTensorDescriptor_t bias_descriptor, const void* bias,
    const cudnnActivationDescriptor_t activation, const cudnnTensorDescriptor_t y_descriptor, void* y) {
  STANDIN_FAIL("cudnnConvolutionBiasActivationForward", cudnnStatus_t);
  if (!are(handle, x_descriptor, w_descriptor, convolution, z_descriptor, bias_descriptor, activation, y_descriptor)) {
    return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  }
  Geometry g{*x_descriptor, *y_descriptor, *w_descriptor, *convolution};
  if (cudnnStatus_t status = check(g)) return status;
  bool bias_fits = bias_descriptor->n == 1 && bias_descriptor->c == g.y.c && bias_descriptor->h == 1 && bias_descriptor->w == 1;
  if (!bias_fits || !z_descriptor->is_like(g.y) || factor(alpha2, g.x.type) != 0) return refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "bias or z");
  if (activation->mode != CUDNN_ACTIVATION_RELU || algorithm != CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM) return refuse(CUDNN_STATUS_NOT_SUPPORTED, "mode");
  if (!holds(x, g.x) || !holds(w, g.w) || !holds(y, g.y) || !holds(z, *z_descriptor) || !holds(bias, *bias_descriptor)) {
    return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  }
  if (cudnnStatus_t status = use(workspace, workspace_bytes)) return status;
  double a = factor(alpha1, g.x.type);
  return dnn::run(handle, g.x.type, [=](auto zero) {
    forward<decltype(zero)>(g, x, w, bias, a, 0, y, [](double value) { return std::isnan(value) || value > 0 ? value : 0; });
  });
}

STANDIN_API cudnnStatus_t cudnnConvolutionBackwardData(cudnnHandle_t handle, const void* alpha, const cudnnFilterDescriptor_t w_descriptor, const void* w,
                                                       const cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                                       const cudnnConvolutionDescriptor_t convolution, cudnnConvolutionBwdDataAlgo_t algorithm,
                                                       void* workspace, size_t workspace_bytes, const void* beta,
                                                       const cudnnTensorDescriptor_t dx_descriptor, void* dx) {
  STANDIN_FAIL("cudnnConvolutionBackwardData", cudnnStatus_t);
  if (!are(handle, w_descriptor, dy_descriptor, convolution, dx_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  Geometry g{*dx_descriptor, *dy_descriptor, *w_descriptor, *convolution};
  if (cudnnStatus_t status = check(g)) return status;
  if (algorithm != CUDNN_CONVOLUTION_BWD_DATA_ALGO_1) return refuse(CUDNN_STATUS_NOT_SUPPORTED, "algorithm");
  if (!holds(dx, g.x) || !holds(w, g.w) || !holds(dy, g.y)) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  if (cudnnStatus_t status = use(workspace, workspace_bytes)) return status;
  double a = factor(alpha, g.x.type), b = factor(beta, g.x.type);
  return dnn::run(handle, g.x.type, [=](auto zero) {
    using T = decltype(zero);
    std::vector<double> sum(g.x.count());
    auto* weights = static_cast<const T*>(w);
    auto* gradient = static_cast<const T*>(dy);
    products(g, [&](size_t i, size_t j, size_t k) { sum[i] += prepare(weights[j], g.convolution.math) * prepare(gradient[k], g.convolution.math); });
    for (size_t i = 0; i < g.x.count(); i++) blend(static_cast<T*>(dx) + i, a, sum[i], b);
  });
}

STANDIN_API cudnnStatus_t cudnnConvolutionBackwardFilter(cudnnHandle_t handle, const void* alpha, const cudnnTensorDescriptor_t x_descriptor, const void* x,
                                                         const cudnnTensorDescriptor_t dy_descriptor, const void* dy,
                                                         const cudnnConvolutionDescriptor_t convolution, cudnnConvolutionBwdFilterAlgo_t algorithm,
                                                         void* workspace, size_t workspace_bytes, const void* beta,
                                                         const cudnnFilterDescriptor_t dw_descriptor, void* dw) {
  STANDIN_FAIL("cudnnConvolutionBackwardFilter", cudnnStatus_t);
  if (!are(handle, x_descriptor, dy_descriptor, convolution, dw_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  Geometry g{*x_descriptor, *dy_descriptor, *dw_descriptor, *convolution};
  if (cudnnStatus_t status = check(g)) return status;
  if (algorithm != CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1) return refuse(CUDNN_STATUS_NOT_SUPPORTED, "algorithm");
  if (!holds(x, g.x) || !holds(dw, g.w) || !holds(dy, g.y)) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  if (cudnnStatus_t status = use(workspace, workspace_bytes)) return status;
  double a = factor(alpha, g.x.type), b = factor(beta, g.x.type);
  return dnn::run(handle, g.x.type, [=](auto zero) {
    using T = decltype(zero);
    size_t count = g.w.bytes() / sizeof(T);
    std::vector<double> sum(count);
    auto* from = static_cast<const T*>(x);
    auto* gradient = static_cast<const T*>(dy);
    products(g, [&](size_t i, size_t j, size_t k) { sum[j] += prepare(from[i], g.convolution.math) * prepare(gradient[k], g.convolution.math); });
    for (size_t j = 0; j < count; j++) blend(static_cast<T*>(dw) + j, a, sum[j], b);
  });
}
