// Batch normalization, spatial mode, with the library's conventions: it saves 1/√(σ² + ε), and its running variance is the
// unbiased one.
#include "library.h"

#include <cmath>

using dnn::are;
using dnn::blend;
using dnn::factor;
using dnn::holds;
using dnn::refuse;

namespace {

// Calls visit(index) for every element of a channel.
template <typename Visit>
void over_channel(const cudnnTensorStruct& x, int channel, Visit visit) {
  size_t plane = size_t(x.h) * x.w;
  for (int n = 0; n < x.n; n++) {
    for (size_t i = 0; i < plane; i++) visit((size_t(n) * x.c + channel) * plane + i);
  }
}

struct Statistics {
  double mean = 0, variance = 0, count = 0;
};

template <typename T>
Statistics statistics(const cudnnTensorStruct& tensor, const T* x, int channel) {
  Statistics result;
  result.count = double(tensor.n) * tensor.h * tensor.w;
  over_channel(tensor, channel, [&](size_t i) { result.mean += x[i] / result.count; });
  over_channel(tensor, channel, [&](size_t i) { result.variance += (x[i] - result.mean) * (x[i] - result.mean) / result.count; });
  return result;
}

cudnnStatus_t check(const cudnnTensorStruct& x, const cudnnTensorStruct& like, const cudnnTensorStruct& channels, cudnnBatchNormMode_t mode,
                    double epsilon) {
  if (mode != CUDNN_BATCHNORM_SPATIAL) return refuse(CUDNN_STATUS_NOT_SUPPORTED, "mode");
  if (!(epsilon >= 0)) return refuse(CUDNN_STATUS_BAD_PARAM, "epsilon");
  bool fits = x.is_like(like) && channels.type == x.type && channels.n == 1 && channels.c == x.c && channels.h == 1 && channels.w == 1;
  return fits ? CUDNN_STATUS_SUCCESS : refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "sizes do not fit each other");
}

}  // namespace

STANDIN_API cudnnStatus_t cudnnBatchNormalizationForwardTraining(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, const void* alpha, const void* beta, const cudnnTensorDescriptor_t x_descriptor, const void* x,
    const cudnnTensorDescriptor_t y_descriptor, void* y, const cudnnTensorDescriptor_t channel_descriptor, const void* scale, const void* bias,
    double average_factor, void* running_mean, void* running_variance, double epsilon, void* saved_mean, void* saved_inverse) {
  STANDIN_FAIL("cudnnBatchNormalizationForwardTraining", cudnnStatus_t);
  if (!are(handle, x_descriptor, y_descriptor, channel_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  cudnnTensorStruct tensor = *x_descriptor, channels = *channel_descriptor;
  if (cudnnStatus_t status = check(tensor, *y_descriptor, channels, mode, epsilon)) return status;
  if (!running_mean != !running_variance || !saved_mean != !saved_inverse) return refuse(CUDNN_STATUS_BAD_PARAM, "one of a pair is null");
  bool memory = holds(x, tensor) && holds(y, tensor) && holds(scale, channels) && holds(bias, channels) &&
                (!running_mean || (holds(running_mean, channels) && holds(running_variance, channels))) &&
                (!saved_mean || (holds(saved_mean, channels) && holds(saved_inverse, channels)));
  if (!memory) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  double a = factor(alpha, tensor.type), b = factor(beta, tensor.type);
  return dnn::run(handle, tensor.type, [=](auto zero) {
    using T = decltype(zero);
    for (int c = 0; c < tensor.c; c++) {
      auto* from = static_cast<const T*>(x);
      Statistics s = statistics(tensor, from, c);
      double inverse = 1 / std::sqrt(s.variance + epsilon), gamma = static_cast<const T*>(scale)[c], shift = static_cast<const T*>(bias)[c];
      over_channel(tensor, c, [&](size_t i) { blend(static_cast<T*>(y) + i, a, gamma * (from[i] - s.mean) * inverse + shift, b); });
      if (saved_mean) {
        static_cast<T*>(saved_mean)[c] = static_cast<T>(s.mean);
        static_cast<T*>(saved_inverse)[c] = static_cast<T>(inverse);
      }
      if (running_mean) {
        // No shortcut for a factor of 1: what was there is multiplied by 0, and NaN stays NaN.
        T& mean = static_cast<T*>(running_mean)[c];
        T& variance = static_cast<T*>(running_variance)[c];
        double unbiased = s.count > 1 ? s.variance * s.count / (s.count - 1) : s.variance;
        mean = static_cast<T>(s.mean * average_factor + mean * (1 - average_factor));
        variance = static_cast<T>(unbiased * average_factor + variance * (1 - average_factor));
      }
    }
  });
}

STANDIN_API cudnnStatus_t cudnnBatchNormalizationForwardInference(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, const void* alpha, const void* beta, const cudnnTensorDescriptor_t x_descriptor, const void* x,
    const cudnnTensorDescriptor_t y_descriptor, void* y, const cudnnTensorDescriptor_t channel_descriptor, const void* scale, const void* bias,
    const void* mean, const void* variance, double epsilon) {
  STANDIN_FAIL("cudnnBatchNormalizationForwardInference", cudnnStatus_t);
  if (!are(handle, x_descriptor, y_descriptor, channel_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  cudnnTensorStruct tensor = *x_descriptor, channels = *channel_descriptor;
  if (cudnnStatus_t status = check(tensor, *y_descriptor, channels, mode, epsilon)) return status;
  bool memory = holds(x, tensor) && holds(y, tensor) && holds(scale, channels) && holds(bias, channels) && holds(mean, channels) && holds(variance, channels);
  if (!memory) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  double a = factor(alpha, tensor.type), b = factor(beta, tensor.type);
  return dnn::run(handle, tensor.type, [=](auto zero) {
    using T = decltype(zero);
    for (int c = 0; c < tensor.c; c++) {
      double mu = static_cast<const T*>(mean)[c], inverse = 1 / std::sqrt(static_cast<const T*>(variance)[c] + epsilon);
      double gamma = static_cast<const T*>(scale)[c], shift = static_cast<const T*>(bias)[c];
      over_channel(tensor, c, [&](size_t i) { blend(static_cast<T*>(y) + i, a, gamma * (static_cast<const T*>(x)[i] - mu) * inverse + shift, b); });
    }
  });
}

STANDIN_API cudnnStatus_t cudnnBatchNormalizationBackward(
    cudnnHandle_t handle, cudnnBatchNormMode_t mode, const void* alpha_data, const void* beta_data, const void* alpha_parameters,
    const void* beta_parameters, const cudnnTensorDescriptor_t x_descriptor, const void* x, const cudnnTensorDescriptor_t dy_descriptor, const void* dy,
    const cudnnTensorDescriptor_t dx_descriptor, void* dx, const cudnnTensorDescriptor_t channel_descriptor, const void* scale, void* dscale, void* dbias,
    double epsilon, const void* saved_mean, const void* saved_inverse) {
  STANDIN_FAIL("cudnnBatchNormalizationBackward", cudnnStatus_t);
  if (!are(handle, x_descriptor, dy_descriptor, dx_descriptor, channel_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  cudnnTensorStruct tensor = *x_descriptor, channels = *channel_descriptor;
  if (cudnnStatus_t status = check(tensor, *dy_descriptor, channels, mode, epsilon)) return status;
  if (!tensor.is_like(*dx_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "dx");
  if (!saved_mean != !saved_inverse) return refuse(CUDNN_STATUS_BAD_PARAM, "one of a pair is null");
  bool memory = holds(x, tensor) && holds(dy, tensor) && holds(dx, tensor) && holds(scale, channels) && holds(dscale, channels) && holds(dbias, channels) &&
                (!saved_mean || (holds(saved_mean, channels) && holds(saved_inverse, channels)));
  if (!memory) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  double a = factor(alpha_data, tensor.type), b = factor(beta_data, tensor.type);
  double ap = factor(alpha_parameters, tensor.type), bp = factor(beta_parameters, tensor.type);
  return dnn::run(handle, tensor.type, [=](auto zero) {
    using T = decltype(zero);
    auto* from = static_cast<const T*>(x);
    auto* gradient = static_cast<const T*>(dy);
    for (int c = 0; c < tensor.c; c++) {
      Statistics s = statistics(tensor, from, c);
      double mean = saved_mean ? static_cast<const T*>(saved_mean)[c] : s.mean;
      double inverse = saved_inverse ? static_cast<const T*>(saved_inverse)[c] : 1 / std::sqrt(s.variance + epsilon);
      double sum = 0, product = 0, gamma = static_cast<const T*>(scale)[c];
      over_channel(tensor, c, [&](size_t i) {
        sum += gradient[i];
        product += gradient[i] * (from[i] - mean) * inverse;
      });
      over_channel(tensor, c, [&](size_t i) {
        double normalized = (from[i] - mean) * inverse;
        blend(static_cast<T*>(dx) + i, a, gamma * inverse * (gradient[i] - sum / s.count - normalized * product / s.count), b);
      });
      blend(static_cast<T*>(dscale) + c, ap, product, bp);
      blend(static_cast<T*>(dbias) + c, ap, sum, bp);
    }
  });
}
