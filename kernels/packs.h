// Packs of 16 bytes: the most that one instruction moves between a thread and memory. 4 floats or 2 doubles.
#pragma once

#include "engine_cuda.h"

template <typename T> struct __align__(16) Pack {
  static constexpr int size = 16 / int(sizeof(T));
  T at[size];
};

template <typename T> __device__ __forceinline__ Pack<T> load_pack(const T* from) {
  return *reinterpret_cast<const Pack<T>*>(from);
}

template <typename T> __device__ __forceinline__ void store_pack(T* to, const Pack<T>& pack) {
  *reinterpret_cast<Pack<T>*>(to) = pack;
}

__device__ __forceinline__ bool is_aligned(const void* array) { return (size_t(array) & 15) == 0; }

// Whether packs may be read and written at a pointer and at every multiple of `step` from it.
template <typename T> __device__ __forceinline__ bool suits_packs(const T* start, size_t step) {
  return start != nullptr && is_aligned(start) && step % Pack<T>::size == 0;
}
