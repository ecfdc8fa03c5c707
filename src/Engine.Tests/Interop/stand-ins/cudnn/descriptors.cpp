// Handle, errors in words, and the descriptors.
#include "library.h"

using dnn::are;
using dnn::Kind;
using dnn::refuse;

STANDIN_EXPORT_FAIL

namespace {

thread_local std::string last_error;

bool is_type(cudnnDataType_t type) { return type == CUDNN_DATA_FLOAT || type == CUDNN_DATA_DOUBLE; }

template <typename Struct>
cudnnStatus_t make(Struct** descriptor) {
  *descriptor = new Struct();
  return CUDNN_STATUS_SUCCESS;
}

// The descriptor stays allocated, so that a use after this is noticed.
template <typename Struct>
cudnnStatus_t destroy(Struct* descriptor) {
  if (!are(descriptor)) return refuse(CUDNN_STATUS_BAD_PARAM, "not a descriptor of this kind");
  descriptor->kind = Kind::Gone;
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

cudnnStatus_t dnn::refuse(cudnnStatus_t status, const std::string& why) {
  last_error = why;
  return status;
}

STANDIN_API size_t cudnnGetVersion(void) { return static_cast<size_t>(standin::setting("ENGINE_STANDIN_CUDNN", 91300)); }

STANDIN_API const char* cudnnGetErrorString(cudnnStatus_t status) {
  switch (status) {
    case CUDNN_STATUS_SUCCESS: return "CUDNN_STATUS_SUCCESS";
    case CUDNN_STATUS_NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case CUDNN_STATUS_BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case CUDNN_STATUS_NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    case CUDNN_STATUS_EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
    default: return "CUDNN_STATUS of another kind";
  }
}

STANDIN_API void cudnnGetLastErrorString(char* message, size_t size) {
  if (!message || size == 0) return;
  strncpy(message, last_error.c_str(), size);
  message[size - 1] = 0;
}

STANDIN_API cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
  STANDIN_FAIL("cudnnCreate", cudnnStatus_t);
  if (!standin::has_context()) return refuse(CUDNN_STATUS_NOT_INITIALIZED, "no context is current");
  return make(handle);
}

STANDIN_API cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) { return destroy(handle); }

STANDIN_API cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  STANDIN_FAIL("cudnnSetStream", cudnnStatus_t);
  if (!are(handle)) return refuse(CUDNN_STATUS_BAD_PARAM, "not a handle");
  handle->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

STANDIN_API cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* descriptor) {
  STANDIN_FAIL("cudnnCreateTensorDescriptor", cudnnStatus_t);
  return make(descriptor);
}

STANDIN_API cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t descriptor, cudnnTensorFormat_t format, cudnnDataType_t type, int n, int c,
                                                     int h, int w) {
  STANDIN_FAIL("cudnnSetTensor4dDescriptor", cudnnStatus_t);
  if (!are(descriptor) || format != CUDNN_TENSOR_NCHW || !is_type(type)) return refuse(CUDNN_STATUS_BAD_PARAM, "descriptor, format or type");
  if (n < 1 || c < 1 || h < 1 || w < 1) return refuse(CUDNN_STATUS_BAD_PARAM, "a size below 1");
  descriptor->type = type;
  descriptor->n = n, descriptor->c = c, descriptor->h = h, descriptor->w = w;
  return CUDNN_STATUS_SUCCESS;
}

STANDIN_API cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t descriptor) { return destroy(descriptor); }

STANDIN_API cudnnStatus_t cudnnCreateFilterDescriptor(cudnnFilterDescriptor_t* descriptor) { return make(descriptor); }

STANDIN_API cudnnStatus_t cudnnSetFilter4dDescriptor(cudnnFilterDescriptor_t descriptor, cudnnDataType_t type, cudnnTensorFormat_t format, int k, int c,
                                                     int h, int w) {
  STANDIN_FAIL("cudnnSetFilter4dDescriptor", cudnnStatus_t);
  if (!are(descriptor) || format != CUDNN_TENSOR_NCHW || !is_type(type)) return refuse(CUDNN_STATUS_BAD_PARAM, "descriptor, format or type");
  if (k < 1 || c < 1 || h < 1 || w < 1) return refuse(CUDNN_STATUS_BAD_PARAM, "a size below 1");
  descriptor->type = type;
  descriptor->k = k, descriptor->c = c, descriptor->h = h, descriptor->w = w;
  return CUDNN_STATUS_SUCCESS;
}

STANDIN_API cudnnStatus_t cudnnDestroyFilterDescriptor(cudnnFilterDescriptor_t descriptor) { return destroy(descriptor); }

STANDIN_API cudnnStatus_t cudnnCreateConvolutionDescriptor(cudnnConvolutionDescriptor_t* descriptor) { return make(descriptor); }

STANDIN_API cudnnStatus_t cudnnSetConvolution2dDescriptor(cudnnConvolutionDescriptor_t descriptor, int pad_h, int pad_w, int stride_h, int stride_w,
                                                          int dilation_h, int dilation_w, cudnnConvolutionMode_t mode, cudnnDataType_t compute) {
  STANDIN_FAIL("cudnnSetConvolution2dDescriptor", cudnnStatus_t);
  if (!are(descriptor) || mode != CUDNN_CROSS_CORRELATION || !is_type(compute)) return refuse(CUDNN_STATUS_BAD_PARAM, "descriptor, mode or type");
  if (pad_h < 0 || pad_w < 0 || stride_h < 1 || stride_w < 1 || dilation_h < 1 || dilation_w < 1) return refuse(CUDNN_STATUS_BAD_PARAM, "geometry");
  descriptor->pad_h = pad_h, descriptor->pad_w = pad_w;
  descriptor->stride_h = stride_h, descriptor->stride_w = stride_w;
  descriptor->dilation_h = dilation_h, descriptor->dilation_w = dilation_w;
  descriptor->compute = compute;
  return CUDNN_STATUS_SUCCESS;
}

STANDIN_API cudnnStatus_t cudnnSetConvolutionGroupCount(cudnnConvolutionDescriptor_t descriptor, int groups) {
  if (!are(descriptor) || groups < 1) return refuse(CUDNN_STATUS_BAD_PARAM, "groups");
  descriptor->groups = groups;
  return CUDNN_STATUS_SUCCESS;
}

STANDIN_API cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t descriptor, cudnnMathType_t math) {
  if (!are(descriptor) || math > CUDNN_FMA_MATH) return refuse(CUDNN_STATUS_BAD_PARAM, "math type");
  descriptor->math = math;
  return CUDNN_STATUS_SUCCESS;
}

STANDIN_API cudnnStatus_t cudnnDestroyConvolutionDescriptor(cudnnConvolutionDescriptor_t descriptor) { return destroy(descriptor); }

STANDIN_API cudnnStatus_t cudnnCreatePoolingDescriptor(cudnnPoolingDescriptor_t* descriptor) { return make(descriptor); }

STANDIN_API cudnnStatus_t cudnnSetPooling2dDescriptor(cudnnPoolingDescriptor_t descriptor, cudnnPoolingMode_t mode, cudnnNanPropagation_t nan, int window_h,
                                                      int window_w, int pad_h, int pad_w, int stride_h, int stride_w) {
  STANDIN_FAIL("cudnnSetPooling2dDescriptor", cudnnStatus_t);
  if (!are(descriptor) || mode > CUDNN_POOLING_MAX_DETERMINISTIC || nan > CUDNN_PROPAGATE_NAN) return refuse(CUDNN_STATUS_BAD_PARAM, "mode");
  if (window_h < 1 || window_w < 1 || pad_h < 0 || pad_w < 0 || pad_h >= window_h || pad_w >= window_w || stride_h < 1 || stride_w < 1) {
    return refuse(CUDNN_STATUS_BAD_PARAM, "geometry");
  }
  descriptor->mode = mode;
  descriptor->nan = nan;
  descriptor->window_h = window_h, descriptor->window_w = window_w;
  descriptor->pad_h = pad_h, descriptor->pad_w = pad_w;
  descriptor->stride_h = stride_h, descriptor->stride_w = stride_w;
  return CUDNN_STATUS_SUCCESS;
}

STANDIN_API cudnnStatus_t cudnnDestroyPoolingDescriptor(cudnnPoolingDescriptor_t descriptor) { return destroy(descriptor); }

STANDIN_API cudnnStatus_t cudnnCreateActivationDescriptor(cudnnActivationDescriptor_t* descriptor) { return make(descriptor); }

STANDIN_API cudnnStatus_t cudnnSetActivationDescriptor(cudnnActivationDescriptor_t descriptor, cudnnActivationMode_t mode, cudnnNanPropagation_t nan,
                                                       double coefficient) {
  bool known = mode == CUDNN_ACTIVATION_SIGMOID || mode == CUDNN_ACTIVATION_RELU || mode == CUDNN_ACTIVATION_TANH || mode == CUDNN_ACTIVATION_IDENTITY;
  if (!are(descriptor) || !known || nan > CUDNN_PROPAGATE_NAN || coefficient != 0) return refuse(CUDNN_STATUS_BAD_PARAM, "mode");
  descriptor->mode = mode;
  descriptor->nan = nan;
  return CUDNN_STATUS_SUCCESS;
}

STANDIN_API cudnnStatus_t cudnnDestroyActivationDescriptor(cudnnActivationDescriptor_t descriptor) { return destroy(descriptor); }
