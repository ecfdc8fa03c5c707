// Initialization, devices, the primary context, errors in words.
#include "driver.h"

namespace driver {

State& state() {
  static State* one = new State;  // never destroyed: finalizers may call when the process ends
  return *one;
}

thread_local CUcontext current = nullptr;

size_t total_memory() { return static_cast<size_t>(standin::setting("ENGINE_STANDIN_MEMORY", 1LL << 30)); }

CUresult ready() {
  if (!state().initialized) return CUDA_ERROR_NOT_INITIALIZED;
  if (state().lost) return state().lost;
  return current ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

}  // namespace driver

using driver::state;

STANDIN_EXPORT_FAIL

namespace {

int device_count() { return static_cast<int>(standin::setting("ENGINE_STANDIN_DEVICES", 1)); }

bool is_device(CUdevice device) { return state().initialized && device >= 0 && device < device_count(); }

const std::map<CUresult, std::pair<const char*, const char*>>& words() {
  static const std::map<CUresult, std::pair<const char*, const char*>> table = {
      {CUDA_SUCCESS, {"CUDA_SUCCESS", "no error"}},
      {CUDA_ERROR_INVALID_VALUE, {"CUDA_ERROR_INVALID_VALUE", "invalid argument"}},
      {CUDA_ERROR_OUT_OF_MEMORY, {"CUDA_ERROR_OUT_OF_MEMORY", "out of memory"}},
      {CUDA_ERROR_NOT_INITIALIZED, {"CUDA_ERROR_NOT_INITIALIZED", "initialization error"}},
      {CUDA_ERROR_NO_DEVICE, {"CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"}},
      {CUDA_ERROR_INVALID_DEVICE, {"CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"}},
      {CUDA_ERROR_INVALID_PTX, {"CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"}},
      {CUDA_ERROR_UNSUPPORTED_PTX_VERSION, {"CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the provided PTX was compiled with an unsupported toolchain."}},
      {CUDA_ERROR_NOT_FOUND, {"CUDA_ERROR_NOT_FOUND", "named symbol not found"}},
      {CUDA_ERROR_ILLEGAL_ADDRESS, {"CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"}},
  };
  return table;
}

}  // namespace

STANDIN_API CUresult cuInit(unsigned int flags) {
  STANDIN_FAIL("cuInit", CUresult);
  if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
  if (device_count() == 0) return CUDA_ERROR_NO_DEVICE;
  state().initialized = true;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuDriverGetVersion(int* version) {
  STANDIN_FAIL("cuDriverGetVersion", CUresult);
#ifdef STANDIN_OLD
  *version = static_cast<int>(standin::setting("ENGINE_STANDIN_DRIVER", 12020));
#else
  *version = static_cast<int>(standin::setting("ENGINE_STANDIN_DRIVER", 13000));
#endif
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuGetErrorName(CUresult error, const char** text) {
  auto found = words().find(error);
  *text = found == words().end() ? nullptr : found->second.first;
  return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

STANDIN_API CUresult cuGetErrorString(CUresult error, const char** text) {
  auto found = words().find(error);
  *text = found == words().end() ? nullptr : found->second.second;
  return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

STANDIN_API CUresult cuDeviceGetCount(int* count) {
  STANDIN_FAIL("cuDeviceGetCount", CUresult);
  if (!state().initialized) return CUDA_ERROR_NOT_INITIALIZED;
  *count = device_count();
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  STANDIN_FAIL("cuDeviceGet", CUresult);
  if (!is_device(ordinal)) return CUDA_ERROR_INVALID_DEVICE;
  *device = ordinal;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
  STANDIN_FAIL("cuDeviceGetName", CUresult);
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  if (length < 1) return CUDA_ERROR_INVALID_VALUE;
  strncpy(name, "Stand-in device", static_cast<size_t>(length));
  name[length - 1] = 0;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice device) {
  STANDIN_FAIL("cuDeviceGetAttribute", CUresult);
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = 1024; break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK: *value = 48 * 1024; break;
    case CU_DEVICE_ATTRIBUTE_WARP_SIZE: *value = 32; break;
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE: *value = 1000000; break;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 2; break;
    case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE: *value = 1000000; break;
    case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH: *value = 128; break;
    case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE: *value = 1 << 20; break;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR: *value = 2048; break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = 9; break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: *value = 0; break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN: *value = 227 * 1024; break;
    default: return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
  STANDIN_FAIL("cuDeviceTotalMem_v2", CUresult);
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  *bytes = driver::total_memory();
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  STANDIN_FAIL("cuDevicePrimaryCtxRetain", CUresult);
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  state().primary.retained++;
  *context = &state().primary;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  STANDIN_FAIL("cuDevicePrimaryCtxRelease_v2", CUresult);
  if (!is_device(device)) return CUDA_ERROR_INVALID_DEVICE;
  if (state().primary.retained == 0) return CUDA_ERROR_INVALID_CONTEXT;
  state().primary.retained--;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuCtxSetCurrent(CUcontext context) {
  STANDIN_FAIL("cuCtxSetCurrent", CUresult);
  if (!state().initialized) return CUDA_ERROR_NOT_INITIALIZED;
  if (context && context != &state().primary) return CUDA_ERROR_INVALID_CONTEXT;
  driver::current = context;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuCtxGetCurrent(CUcontext* context) {
  *context = driver::current;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuCtxSynchronize(void) {
  READY("cuCtxSynchronize");
  return driver::forbidden_by_capture();
}

STANDIN_API CUresult cuMemGetInfo_v2(size_t* free, size_t* total) {
  READY("cuMemGetInfo_v2");
  *total = driver::total_memory();
  *free = driver::total_memory() - state().used;
  return CUDA_SUCCESS;
}
