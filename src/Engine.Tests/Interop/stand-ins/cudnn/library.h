// cuDNN in plain loops: what the parts share. Descriptors know what they are, so that one in another's place is noticed.
#pragma once

#include "../standin.h"
#include "../vendor/cudnn_types.h"

#include <string>

namespace dnn {

enum class Kind { Handle = 0x48, Tensor, Filter, Convolution, Pooling, Activation, Gone };

// Says what is wrong, for cudnnGetLastErrorString, and passes the status on.
cudnnStatus_t refuse(cudnnStatus_t status, const std::string& why);

}  // namespace dnn

struct cudnnContext {
  dnn::Kind kind = dnn::Kind::Handle;
  cudaStream_t stream = nullptr;
};

struct cudnnTensorStruct {
  dnn::Kind kind = dnn::Kind::Tensor;
  cudnnDataType_t type;
  int n = 0, c = 0, h = 0, w = 0;

  size_t count() const { return static_cast<size_t>(n) * c * h * w; }
  size_t bytes() const { return count() * (type == CUDNN_DATA_DOUBLE ? 8 : 4); }
  bool is_like(const cudnnTensorStruct& other) const { return type == other.type && n == other.n && c == other.c && h == other.h && w == other.w; }
};

struct cudnnFilterStruct {
  dnn::Kind kind = dnn::Kind::Filter;
  cudnnDataType_t type;
  int k = 0, c = 0, h = 0, w = 0;

  size_t bytes() const { return static_cast<size_t>(k) * c * h * w * (type == CUDNN_DATA_DOUBLE ? 8 : 4); }
};

struct cudnnConvolutionStruct {
  dnn::Kind kind = dnn::Kind::Convolution;
  int pad_h = 0, pad_w = 0, stride_h = 0, stride_w = 0, dilation_h = 0, dilation_w = 0, groups = 1;
  cudnnDataType_t compute = CUDNN_DATA_FLOAT;
  cudnnMathType_t math = CUDNN_DEFAULT_MATH;
};

struct cudnnPoolingStruct {
  dnn::Kind kind = dnn::Kind::Pooling;
  cudnnPoolingMode_t mode;
  cudnnNanPropagation_t nan;
  int window_h = 0, window_w = 0, pad_h = 0, pad_w = 0, stride_h = 0, stride_w = 0;
};

struct cudnnActivationStruct {
  dnn::Kind kind = dnn::Kind::Activation;
  cudnnActivationMode_t mode;
  cudnnNanPropagation_t nan;
};

namespace dnn {

// Each of them must be a living descriptor of its kind.
template <typename... Structs>
bool are(const Structs*... each) {
  return ((each && each->kind == Structs{}.kind) && ...);
}

// α or β: a float for Float32, a double for Float64.
inline double factor(const void* value, cudnnDataType_t type) {
  return type == CUDNN_DATA_DOUBLE ? *static_cast<const double*>(value) : *static_cast<const float*>(value);
}

// Device memory of a tensor, or of a filter.
template <typename Struct>
bool holds(const void* address, const Struct& descriptor) { return standin::is_device_memory(address, descriptor.bytes()); }

// target = α·value + β·target, where β = 0 does not look at what was there.
template <typename T>
void blend(T* target, double alpha, double value, double beta) {
  *target = static_cast<T>(alpha * value + (beta == 0 ? 0 : beta * static_cast<double>(*target)));
}

// Calls work(T()) with T float or double, on the handle's stream.
template <typename Work>
cudnnStatus_t run(cudnnHandle_t handle, cudnnDataType_t type, Work work) {
  int failed = standin::enqueue(handle->stream, [=] {
    if (type == CUDNN_DATA_DOUBLE) {
      work(double());
    } else {
      work(float());
    }
  });
  return failed ? refuse(CUDNN_STATUS_EXECUTION_FAILED, "the driver refused") : CUDNN_STATUS_SUCCESS;
}

}  // namespace dnn
