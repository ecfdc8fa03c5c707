// Device memory is main memory, full of NaN until it is written, and checked to be memory at every copy.
#include "driver.h"

using driver::state;

namespace driver {

bool is_memory(uintptr_t address, size_t bytes) {
  auto next = state().memory.upper_bound(address);
  if (next == state().memory.begin()) return false;
  auto piece = std::prev(next);
  return address - piece->first <= piece->second && bytes <= piece->second - (address - piece->first);
}

}  // namespace driver

namespace {

constexpr size_t Alignment = 256;

// A stream that is not null is one that was made; null is the default stream.
bool is_stream(CUstream stream) { return !stream || state().streams.count(stream); }

}  // namespace

STANDIN_API int standin_is_device_memory(const void* address, size_t bytes) {
  return bytes == 0 || driver::is_memory(reinterpret_cast<uintptr_t>(address), bytes);
}

STANDIN_API CUresult cuMemAlloc_v2(CUdeviceptr* pointer, size_t bytes) {
  READY("cuMemAlloc_v2");
  if (bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  if (CUresult forbidden = driver::forbidden_by_capture()) return forbidden;
  if (bytes > driver::total_memory() - state().used) return CUDA_ERROR_OUT_OF_MEMORY;
  uintptr_t address = driver::has_emulator()
                          ? driver::emulated_malloc(bytes)
                          : reinterpret_cast<uintptr_t>(aligned_alloc(Alignment, (bytes + Alignment - 1) / Alignment * Alignment));
  if (!address) return CUDA_ERROR_OUT_OF_MEMORY;
  memset(reinterpret_cast<void*>(address), 0xFF, bytes);
  state().memory[address] = bytes;
  state().used += bytes;
  *pointer = address;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuMemFree_v2(CUdeviceptr pointer) {
  READY("cuMemFree_v2");
  auto piece = state().memory.find(static_cast<uintptr_t>(pointer));
  if (piece == state().memory.end()) return CUDA_ERROR_INVALID_VALUE;
  state().used -= piece->second;
  if (driver::has_emulator()) {
    driver::emulated_free(piece->first);
  } else {
    free(reinterpret_cast<void*>(piece->first));
  }
  state().memory.erase(piece);
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuMemHostAlloc(void** pointer, size_t bytes, unsigned int flags) {
  READY("cuMemHostAlloc");
  if (bytes == 0 || flags > 7) return CUDA_ERROR_INVALID_VALUE;
  *pointer = aligned_alloc(Alignment, (bytes + Alignment - 1) / Alignment * Alignment);
  if (!*pointer) return CUDA_ERROR_OUT_OF_MEMORY;
  state().pinned[reinterpret_cast<uintptr_t>(*pointer)] = bytes;
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuMemFreeHost(void* pointer) {
  READY("cuMemFreeHost");
  if (!state().pinned.erase(reinterpret_cast<uintptr_t>(pointer))) return CUDA_ERROR_INVALID_VALUE;
  free(pointer);
  return CUDA_SUCCESS;
}

STANDIN_API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr destination, const void* source, size_t bytes, CUstream stream) {
  READY("cuMemcpyHtoDAsync_v2");
  if (!driver::is_memory(destination, bytes) || !source) return CUDA_ERROR_INVALID_VALUE;
  if (!is_stream(stream)) return CUDA_ERROR_INVALID_HANDLE;
  return driver::submit(stream, [=] { return memcpy(reinterpret_cast<void*>(destination), source, bytes), CUDA_SUCCESS; });
}

STANDIN_API CUresult cuMemcpyDtoHAsync_v2(void* destination, CUdeviceptr source, size_t bytes, CUstream stream) {
  READY("cuMemcpyDtoHAsync_v2");
  if (!driver::is_memory(source, bytes) || !destination) return CUDA_ERROR_INVALID_VALUE;
  if (!is_stream(stream)) return CUDA_ERROR_INVALID_HANDLE;
  return driver::submit(stream, [=] { return memcpy(destination, reinterpret_cast<const void*>(source), bytes), CUDA_SUCCESS; });
}

STANDIN_API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr destination, CUdeviceptr source, size_t bytes, CUstream stream) {
  READY("cuMemcpyDtoDAsync_v2");
  if (!driver::is_memory(destination, bytes) || !driver::is_memory(source, bytes)) return CUDA_ERROR_INVALID_VALUE;
  if (!is_stream(stream)) return CUDA_ERROR_INVALID_HANDLE;
  return driver::submit(stream, [=] {
    memmove(reinterpret_cast<void*>(destination), reinterpret_cast<const void*>(source), bytes);
    return CUDA_SUCCESS;
  });
}

STANDIN_API CUresult cuMemsetD8Async(CUdeviceptr destination, unsigned char value, size_t count, CUstream stream) {
  READY("cuMemsetD8Async");
  if (!driver::is_memory(destination, count)) return CUDA_ERROR_INVALID_VALUE;
  if (!is_stream(stream)) return CUDA_ERROR_INVALID_HANDLE;
  return driver::submit(stream, [=] { return memset(reinterpret_cast<void*>(destination), value, count), CUDA_SUCCESS; });
}
