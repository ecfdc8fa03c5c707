// CUDA C++ for the host compiler: as much of the language as the kernels use, so that g++ or clang++ compiles a .cu
// file to ordinary machine code. emulator/ runs it: every CUDA thread with its own threadIdx, barriers that wait, warps
// that exchange. Names and meanings are those of the CUDA C++ Programming Guide.
#pragma once

#include <cmath>
#include "emulator/kernel_entry.h"

// ---- Where a function or variable lives. An operating-system thread runs one block at a time, so what a block shares
// is what an operating-system thread has for itself.
#ifdef EMU_CHECKED
// The checked build leaves a gap before each shared variable, so that an overrun does not end up in the next one.
#define EMU_JOIN_(a, b) a##b
#define EMU_JOIN(a, b) EMU_JOIN_(a, b)
#define __shared__                                                                                        \
  static thread_local __attribute__((used)) unsigned char EMU_JOIN(emu_gap_, __COUNTER__)[256];           \
  static thread_local __attribute__((aligned(16)))
#define __global__ __attribute__((noinline))
#else
#define __shared__ static thread_local __attribute__((aligned(16)))
#define __global__
#endif
#define __device__
#define __host__
#define __constant__ static
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define DYNAMIC_SHARED(T, name) T* name = reinterpret_cast<T*>(emu::dynamic_shared())

// ---- Who am I?
#define threadIdx (emu::thread_index())
#define blockIdx (emu::block_index())
#define blockDim (emu::block_extent())
#define gridDim (emu::grid_extent())
#define warpSize 32

// ---- Vectors: one load or store of 8 or 16 bytes.
#define EMU_VECTOR_2(T, name, bytes)                     \
  struct alignas(bytes) name { T x, y; };                \
  static inline name make_##name(T x, T y) { return {x, y}; }
#define EMU_VECTOR_4(T, name, bytes)                     \
  struct alignas(bytes) name { T x, y, z, w; };          \
  static inline name make_##name(T x, T y, T z, T w) { return {x, y, z, w}; }
EMU_VECTOR_2(float, float2, 8)
EMU_VECTOR_2(double, double2, 16)
EMU_VECTOR_2(int, int2, 8)
EMU_VECTOR_2(unsigned, uint2, 8)
EMU_VECTOR_4(float, float4, 16)
EMU_VECTOR_4(double, double4, 16)
EMU_VECTOR_4(int, int4, 16)
EMU_VECTOR_4(unsigned, uint4, 16)

// ---- Waiting. The place of the call travels with it, so that a mistake can be reported with file and line.
#define EMU_PLACE const char* file = __builtin_FILE(), int line = __builtin_LINE()

inline void __syncthreads(EMU_PLACE) { emu::wait_for_block(emu::BlockVote::none, 0, file, line); }
inline int __syncthreads_count(int p, EMU_PLACE) { return emu::wait_for_block(emu::BlockVote::count, p, file, line); }
inline int __syncthreads_and(int p, EMU_PLACE) { return emu::wait_for_block(emu::BlockVote::all, p, file, line); }
inline int __syncthreads_or(int p, EMU_PLACE) { return emu::wait_for_block(emu::BlockVote::any, p, file, line); }

inline void __syncwarp(unsigned mask = 0xffffffffu, EMU_PLACE) {
  emu::exchange_in_warp(mask, 0, emu::WarpOperation::lane, 0, 32, file, line);
}

EMU_UNCHECKED inline void __threadfence_block() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
EMU_UNCHECKED inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); emu::publish_writes(); }

inline void __trap(EMU_PLACE) { emu::stop_kernel("__trap() was called", file, line); }

// ---- Warp functions, for every type of up to 8 bytes.
namespace emu {
template <typename T>
inline T shuffle(unsigned mask, T value, WarpOperation operation, int argument, int width, const char* file, int line) {
  static_assert(sizeof(T) <= 8, "a shuffle moves at most 8 bytes");
  uint64_t bits = 0;
  __builtin_memcpy(&bits, &value, sizeof value);
  bits = exchange_in_warp(mask, bits, operation, argument, width, file, line);
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}
}  // namespace emu

template <typename T> inline T __shfl_sync(unsigned mask, T value, int lane, int width = 32, EMU_PLACE) {
  return emu::shuffle(mask, value, emu::WarpOperation::lane, lane, width, file, line);
}
template <typename T> inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, EMU_PLACE) {
  return emu::shuffle(mask, value, emu::WarpOperation::up, int(delta), width, file, line);
}
template <typename T> inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, EMU_PLACE) {
  return emu::shuffle(mask, value, emu::WarpOperation::down, int(delta), width, file, line);
}
template <typename T> inline T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32, EMU_PLACE) {
  return emu::shuffle(mask, value, emu::WarpOperation::exclusive_or, bits, width, file, line);
}
inline unsigned __ballot_sync(unsigned mask, int predicate, EMU_PLACE) {
  return unsigned(emu::exchange_in_warp(mask, predicate != 0, emu::WarpOperation::ballot, 0, 32, file, line));
}
inline int __any_sync(unsigned mask, int predicate, EMU_PLACE) {
  return __ballot_sync(mask, predicate, file, line) != 0;
}
inline int __all_sync(unsigned mask, int predicate, EMU_PLACE) {
  return __ballot_sync(mask, !predicate, file, line) == 0;
}

// ---- Atomics. Each gives back what was there before.
namespace emu {
template <typename T, typename Change>
EMU_UNCHECKED __attribute__((noinline)) T change_atomically(T* address, Change change) {
  check_atomic(address, sizeof(T), __builtin_return_address(0));
  T before;
  __atomic_load(address, &before, __ATOMIC_RELAXED);
  for (;;) {
    T after = change(before);
    if (__atomic_compare_exchange(address, &before, &after, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return before;
  }
}
}  // namespace emu

#define EMU_IN_PLACE inline __attribute__((always_inline))      // so that the return address is the kernel's
#define EMU_ATOMIC(name, T, after)                                                        \
  EMU_IN_PLACE T name(T* address, T value) {                                              \
    return emu::change_atomically(address, [value](T before) -> T { return after; });     \
  }
#define EMU_ATOMIC_INTEGERS(name, after)       \
  EMU_ATOMIC(name, int, after)                 \
  EMU_ATOMIC(name, unsigned, after)            \
  EMU_ATOMIC(name, unsigned long long, after)
EMU_ATOMIC(atomicAdd, float, before + value)
EMU_ATOMIC(atomicAdd, double, before + value)
EMU_ATOMIC(atomicExch, float, ((void)before, value))
EMU_ATOMIC_INTEGERS(atomicAdd, before + value)
EMU_ATOMIC_INTEGERS(atomicMax, before > value ? before : value)
EMU_ATOMIC_INTEGERS(atomicMin, before < value ? before : value)
EMU_ATOMIC_INTEGERS(atomicExch, ((void)before, value))
EMU_ATOMIC_INTEGERS(atomicAnd, before & value)
EMU_ATOMIC_INTEGERS(atomicOr, before | value)
EMU_ATOMIC_INTEGERS(atomicXor, before ^ value)
EMU_ATOMIC(atomicSub, int, before - value)
EMU_ATOMIC(atomicSub, unsigned, before - value)
EMU_ATOMIC(atomicInc, unsigned, before >= value ? 0 : before + 1)
EMU_ATOMIC(atomicDec, unsigned, before == 0 || before > value ? value : before - 1)

#define EMU_COMPARE_AND_SWAP(T) \
  EMU_IN_PLACE T atomicCAS(T* address, T compare, T value) { \
    return emu::change_atomically(address, [=](T before) -> T { return before == compare ? value : before; }); \
  }
EMU_COMPARE_AND_SWAP(int)
EMU_COMPARE_AND_SWAP(unsigned)
EMU_COMPARE_AND_SWAP(unsigned long long)

// ---- Intrinsics
template <typename T> inline T __ldg(const T* address) { return *address; }

template <typename To, typename From> inline To emu_bits_as(From value) {
  static_assert(sizeof(To) == sizeof(From), "the same bits");
  To result;
  __builtin_memcpy(&result, &value, sizeof result);
  return result;
}
inline float __int_as_float(int x) { return emu_bits_as<float>(x); }
inline float __uint_as_float(unsigned x) { return emu_bits_as<float>(x); }
inline int __float_as_int(float x) { return emu_bits_as<int>(x); }
inline unsigned __float_as_uint(float x) { return emu_bits_as<unsigned>(x); }
inline double __longlong_as_double(long long x) { return emu_bits_as<double>(x); }
inline long long __double_as_longlong(double x) { return emu_bits_as<long long>(x); }

inline unsigned __umulhi(unsigned x, unsigned y) { return unsigned((uint64_t(x) * y) >> 32); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(unsigned(x)); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline double rsqrt(double x) { return 1.0 / std::sqrt(x); }
inline float __expf(float x) { return std::exp(x); }
inline float __logf(float x) { return std::log(x); }
inline float __fdividef(float x, float y) { return x / y; }
inline float __saturatef(float x) { return x < 0 ? 0 : x > 1 ? 1 : x; }

inline int max(int x, int y) { return x > y ? x : y; }
inline int min(int x, int y) { return x < y ? x : y; }
inline unsigned max(unsigned x, unsigned y) { return x > y ? x : y; }
inline unsigned min(unsigned x, unsigned y) { return x < y ? x : y; }
inline long long max(long long x, long long y) { return x > y ? x : y; }
inline long long min(long long x, long long y) { return x < y ? x : y; }
inline float max(float x, float y) { return std::fmax(x, y); }
inline float min(float x, float y) { return std::fmin(x, y); }
inline double max(double x, double y) { return std::fmax(x, y); }
inline double min(double x, double y) { return std::fmin(x, y); }
