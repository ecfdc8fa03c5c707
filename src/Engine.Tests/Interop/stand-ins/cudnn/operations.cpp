// Pooling, activations and softmax as their formulas say.
#include "library.h"

#include <algorithm>
#include <cmath>
#include <vector>

using dnn::are;
using dnn::blend;
using dnn::factor;
using dnn::holds;
using dnn::refuse;

namespace {

// Rows and columns of the input under the window at an output position, padding left out.
struct Reach {
  int top, bottom, left, right;

  Reach(const cudnnPoolingStruct& p, const cudnnTensorStruct& x, int i, int j)
      : top(std::max(0, i * p.stride_h - p.pad_h)), bottom(std::min(x.h, i * p.stride_h - p.pad_h + p.window_h)),
        left(std::max(0, j * p.stride_w - p.pad_w)), right(std::min(x.w, j * p.stride_w - p.pad_w + p.window_w)) {}

  int count(const cudnnPoolingStruct& p) const {
    return p.mode == CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING ? p.window_h * p.window_w : (bottom - top) * (right - left);
  }
};

bool is_max(const cudnnPoolingStruct& p) { return p.mode == CUDNN_POOLING_MAX || p.mode == CUDNN_POOLING_MAX_DETERMINISTIC; }

bool pooling_fits(const cudnnPoolingStruct& p, const cudnnTensorStruct& x, const cudnnTensorStruct& y) {
  return x.type == y.type && x.n == y.n && x.c == y.c && y.h == (x.h + 2 * p.pad_h - p.window_h) / p.stride_h + 1 &&
         y.w == (x.w + 2 * p.pad_w - p.window_w) / p.stride_w + 1;
}

// The first largest element in row order.
template <typename T>
size_t largest(const T* plane, const cudnnTensorStruct& x, const Reach& reach) {
  size_t best = size_t(reach.top) * x.w + reach.left;
  for (int row = reach.top; row < reach.bottom; row++) {
    for (int column = reach.left; column < reach.right; column++) {
      size_t here = size_t(row) * x.w + column;
      if (plane[here] > plane[best] || (std::isnan(plane[here]) && !std::isnan(plane[best]))) best = here;
    }
  }
  return best;
}

double activate(double x, const cudnnActivationStruct& activation) {
  switch (activation.mode) {
    case CUDNN_ACTIVATION_SIGMOID: return 1 / (1 + std::exp(-x));
    case CUDNN_ACTIVATION_TANH: return std::tanh(x);
    case CUDNN_ACTIVATION_RELU: return std::isnan(x) ? (activation.nan == CUDNN_PROPAGATE_NAN ? x : 0) : std::max(x, 0.0);
    default: return x;
  }
}

// The derivative, from x for the rectifier and from y for the others, as the library does.
double slope(double x, double y, cudnnActivationMode_t mode) {
  switch (mode) {
    case CUDNN_ACTIVATION_SIGMOID: return y * (1 - y);
    case CUDNN_ACTIVATION_TANH: return 1 - y * y;
    case CUDNN_ACTIVATION_RELU: return x > 0 ? 1 : 0;
    default: return 1;
  }
}

}  // namespace

STANDIN_API cudnnStatus_t cudnnPoolingForward(cudnnHandle_t handle, const cudnnPoolingDescriptor_t pooling, const void* alpha,
                                              const cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                              const cudnnTensorDescriptor_t y_descriptor, void* y) {
  STANDIN_FAIL("cudnnPoolingForward", cudnnStatus_t);
  if (!are(handle, pooling, x_descriptor, y_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  cudnnTensorStruct from = *x_descriptor, to = *y_descriptor;
  cudnnPoolingStruct p = *pooling;
  if (!pooling_fits(p, from, to)) return refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "sizes do not fit each other");
  if (!holds(x, from) || !holds(y, to)) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  double a = factor(alpha, from.type), b = factor(beta, from.type);
  return dnn::run(handle, from.type, [=](auto zero) {
    using T = decltype(zero);
    for (int plane = 0; plane < from.n * from.c; plane++) {
      const T* values = static_cast<const T*>(x) + size_t(plane) * from.h * from.w;
      for (int i = 0; i < to.h; i++) {
        for (int j = 0; j < to.w; j++) {
          Reach reach(p, from, i, j);
          double result = 0;
          if (is_max(p)) {
            result = values[largest(values, from, reach)];
          } else {
            for (int row = reach.top; row < reach.bottom; row++) {
              for (int column = reach.left; column < reach.right; column++) result += values[size_t(row) * from.w + column];
            }
            result /= reach.count(p);
          }
          blend(static_cast<T*>(y) + (size_t(plane) * to.h + i) * to.w + j, a, result, b);
        }
      }
    }
  });
}

STANDIN_API cudnnStatus_t cudnnPoolingBackward(cudnnHandle_t handle, const cudnnPoolingDescriptor_t pooling, const void* alpha,
                                               const cudnnTensorDescriptor_t y_descriptor, const void* y, const cudnnTensorDescriptor_t dy_descriptor,
                                               const void* dy, const cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                               const cudnnTensorDescriptor_t dx_descriptor, void* dx) {
  STANDIN_FAIL("cudnnPoolingBackward", cudnnStatus_t);
  if (!are(handle, pooling, y_descriptor, dy_descriptor, x_descriptor, dx_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  cudnnTensorStruct from = *x_descriptor, to = *y_descriptor;
  cudnnPoolingStruct p = *pooling;
  if (!pooling_fits(p, from, to) || !from.is_like(*dx_descriptor) || !to.is_like(*dy_descriptor)) {
    return refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "sizes do not fit each other");
  }
  if (!holds(x, from) || !holds(dx, from) || !holds(y, to) || !holds(dy, to)) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  double a = factor(alpha, from.type), b = factor(beta, from.type);
  return dnn::run(handle, from.type, [=](auto zero) {
    using T = decltype(zero);
    size_t size = size_t(from.h) * from.w;
    for (int plane = 0; plane < from.n * from.c; plane++) {
      const T* values = static_cast<const T*>(x) + plane * size;
      std::vector<double> sum(size);
      for (int i = 0; i < to.h; i++) {
        for (int j = 0; j < to.w; j++) {
          size_t at = (size_t(plane) * to.h + i) * to.w + j;
          double gradient = static_cast<const T*>(dy)[at];
          Reach reach(p, from, i, j);
          if (is_max(p)) {
            size_t best = largest(values, from, reach);
            // The forward pass's output must be what is claimed: y and dy are easily exchanged.
            sum[best] += values[best] == static_cast<const T*>(y)[at] ? gradient : NAN;
            continue;
          }
          for (int row = reach.top; row < reach.bottom; row++) {
            for (int column = reach.left; column < reach.right; column++) sum[size_t(row) * from.w + column] += gradient / reach.count(p);
          }
        }
      }
      for (size_t i = 0; i < size; i++) blend(static_cast<T*>(dx) + plane * size + i, a, sum[i], b);
    }
  });
}

STANDIN_API cudnnStatus_t cudnnActivationForward(cudnnHandle_t handle, cudnnActivationDescriptor_t activation, const void* alpha,
                                                 const cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                                 const cudnnTensorDescriptor_t y_descriptor, void* y) {
  STANDIN_FAIL("cudnnActivationForward", cudnnStatus_t);
  if (!are(handle, activation, x_descriptor, y_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  cudnnTensorStruct tensor = *x_descriptor;
  if (!tensor.is_like(*y_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "sizes differ");
  if (!holds(x, tensor) || !holds(y, tensor)) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  double a = factor(alpha, tensor.type), b = factor(beta, tensor.type);
  cudnnActivationStruct how = *activation;
  return dnn::run(handle, tensor.type, [=](auto zero) {
    using T = decltype(zero);
    for (size_t i = 0; i < tensor.count(); i++) blend(static_cast<T*>(y) + i, a, activate(static_cast<const T*>(x)[i], how), b);
  });
}

STANDIN_API cudnnStatus_t cudnnActivationBackward(cudnnHandle_t handle, cudnnActivationDescriptor_t activation, const void* alpha,
                                                  const cudnnTensorDescriptor_t y_descriptor, const void* y, const cudnnTensorDescriptor_t dy_descriptor,
                                                  const void* dy, const cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                                  const cudnnTensorDescriptor_t dx_descriptor, void* dx) {
  STANDIN_FAIL("cudnnActivationBackward", cudnnStatus_t);
  if (!are(handle, activation, y_descriptor, dy_descriptor, x_descriptor, dx_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  cudnnTensorStruct tensor = *x_descriptor;
  if (!tensor.is_like(*y_descriptor) || !tensor.is_like(*dy_descriptor) || !tensor.is_like(*dx_descriptor)) {
    return refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "sizes differ");
  }
  if (!holds(x, tensor) || !holds(y, tensor) || !holds(dy, tensor) || !holds(dx, tensor)) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  double a = factor(alpha, tensor.type), b = factor(beta, tensor.type);
  cudnnActivationMode_t mode = activation->mode;
  return dnn::run(handle, tensor.type, [=](auto zero) {
    using T = decltype(zero);
    for (size_t i = 0; i < tensor.count(); i++) {
      double derivative = slope(static_cast<const T*>(x)[i], static_cast<const T*>(y)[i], mode);
      blend(static_cast<T*>(dx) + i, a, derivative * static_cast<const T*>(dy)[i], b);
    }
  });
}

STANDIN_API cudnnStatus_t cudnnSoftmaxForward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algorithm, cudnnSoftmaxMode_t mode, const void* alpha,
                                              const cudnnTensorDescriptor_t x_descriptor, const void* x, const void* beta,
                                              const cudnnTensorDescriptor_t y_descriptor, void* y) {
  STANDIN_FAIL("cudnnSoftmaxForward", cudnnStatus_t);
  if (!are(handle, x_descriptor, y_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  if (algorithm != CUDNN_SOFTMAX_ACCURATE || mode != CUDNN_SOFTMAX_MODE_INSTANCE) return refuse(CUDNN_STATUS_NOT_SUPPORTED, "algorithm or mode");
  cudnnTensorStruct tensor = *x_descriptor;
  if (!tensor.is_like(*y_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "sizes differ");
  if (!holds(x, tensor) || !holds(y, tensor)) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  double a = factor(alpha, tensor.type), b = factor(beta, tensor.type);
  return dnn::run(handle, tensor.type, [=](auto zero) {
    using T = decltype(zero);
    size_t columns = size_t(tensor.c) * tensor.h * tensor.w;
    for (int row = 0; row < tensor.n; row++) {
      const T* from = static_cast<const T*>(x) + row * columns;
      T* to = static_cast<T*>(y) + row * columns;
      double most = *std::max_element(from, from + columns), sum = 0;
      for (size_t j = 0; j < columns; j++) sum += std::exp(from[j] - most);
      for (size_t j = 0; j < columns; j++) blend(to + j, a, std::exp(from[j] - most) / sum, b);
    }
  });
}

STANDIN_API cudnnStatus_t cudnnSoftmaxBackward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algorithm, cudnnSoftmaxMode_t mode, const void* alpha,
                                               const cudnnTensorDescriptor_t y_descriptor, const void* y, const cudnnTensorDescriptor_t dy_descriptor,
                                               const void* dy, const void* beta, const cudnnTensorDescriptor_t dx_descriptor, void* dx) {
  STANDIN_FAIL("cudnnSoftmaxBackward", cudnnStatus_t);
  if (!are(handle, y_descriptor, dy_descriptor, dx_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "a descriptor of the wrong kind");
  if (algorithm != CUDNN_SOFTMAX_ACCURATE || mode != CUDNN_SOFTMAX_MODE_INSTANCE) return refuse(CUDNN_STATUS_NOT_SUPPORTED, "algorithm or mode");
  cudnnTensorStruct tensor = *y_descriptor;
  if (!tensor.is_like(*dy_descriptor) || !tensor.is_like(*dx_descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH, "sizes differ");
  if (!holds(y, tensor) || !holds(dy, tensor) || !holds(dx, tensor)) return refuse(CUDNN_STATUS_EXECUTION_FAILED, "not device memory");
  double a = factor(alpha, tensor.type), b = factor(beta, tensor.type);
  return dnn::run(handle, tensor.type, [=](auto zero) {
    using T = decltype(zero);
    size_t columns = size_t(tensor.c) * tensor.h * tensor.w;
    for (int row = 0; row < tensor.n; row++) {
      const T* p = static_cast<const T*>(y) + row * columns;
      const T* g = static_cast<const T*>(dy) + row * columns;
      double dot = 0;
      for (size_t j = 0; j < columns; j++) dot += static_cast<double>(p[j]) * g[j];
      for (size_t j = 0; j < columns; j++) blend(static_cast<T*>(dx) + row * columns + j, a, p[j] * (g[j] - dot), b);
    }
  });
}
