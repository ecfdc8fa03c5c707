// CUDA C++ for clang without an NVIDIA toolkit: enough of CUDA's own headers that clang compiles a .cu file to PTX.
// The result is looked at by nobody. It is a check that the kernels are CUDA, on machines where nvcc is not: a host
// compiler would accept a kernel that calls std::vector. Functions of NVIDIA's mathematics library stay unresolved.
#pragma once

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __align__(n) __attribute__((aligned(n)))
#define __forceinline__ __inline__ __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))

typedef __SIZE_TYPE__ size_t;
struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; };
#include <__clang_cuda_builtin_vars.h>      // comes with clang: threadIdx, blockIdx, blockDim, gridDim, warpSize

#define CLANG_DEVICE static __device__ __forceinline__ __attribute__((unused))

// ---- Vectors
#define CLANG_VECTOR_2(T, name, bytes)                        \
  struct __align__(bytes) name { T x, y; };                   \
  CLANG_DEVICE name make_##name(T x, T y) { return {x, y}; }
#define CLANG_VECTOR_4(T, name, bytes)                        \
  struct __align__(bytes) name { T x, y, z, w; };             \
  CLANG_DEVICE name make_##name(T x, T y, T z, T w) { return {x, y, z, w}; }
CLANG_VECTOR_2(float, float2, 8)
CLANG_VECTOR_2(double, double2, 16)
CLANG_VECTOR_2(int, int2, 8)
CLANG_VECTOR_2(unsigned, uint2, 8)
CLANG_VECTOR_4(float, float4, 16)
CLANG_VECTOR_4(double, double4, 16)
CLANG_VECTOR_4(int, int4, 16)
CLANG_VECTOR_4(unsigned, uint4, 16)

// ---- Waiting. __syncthreads is a builtin.
CLANG_DEVICE int __syncthreads_count(int predicate) { return __nvvm_bar0_popc(predicate); }
CLANG_DEVICE int __syncthreads_and(int predicate) { return __nvvm_bar0_and(predicate); }
CLANG_DEVICE int __syncthreads_or(int predicate) { return __nvvm_bar0_or(predicate); }
CLANG_DEVICE void __syncwarp(unsigned mask = 0xffffffffu) { __nvvm_bar_warp_sync(mask); }
CLANG_DEVICE void __threadfence_block() { __nvvm_membar_cta(); }
CLANG_DEVICE void __threadfence() { __nvvm_membar_gl(); }
CLANG_DEVICE void __trap() { __builtin_trap(); }

// ---- Warp functions. The last operand of the instruction packs the width and the lane at which a segment ends.
#define CLANG_SHUFFLE(name, instruction, Argument, last)                                                  \
  CLANG_DEVICE int name(unsigned mask, int value, Argument argument, int width = 32) {                    \
    return __nvvm_shfl_sync_##instruction##_i32(mask, value, argument, ((32 - width) << 8) | last);       \
  }                                                                                                       \
  CLANG_DEVICE float name(unsigned mask, float value, Argument argument, int width = 32) {                \
    return __nvvm_shfl_sync_##instruction##_f32(mask, value, argument, ((32 - width) << 8) | last);       \
  }                                                                                                       \
  CLANG_DEVICE unsigned name(unsigned mask, unsigned value, Argument argument, int width = 32) {          \
    return unsigned(name(mask, int(value), argument, width));                                             \
  }                                                                                                       \
  template <typename T>                                                                                   \
  CLANG_DEVICE T name(unsigned mask, T value, Argument argument, int width = 32) {                        \
    static_assert(sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");                                        \
    int2 halves;                                                                                          \
    __builtin_memcpy(&halves, &value, 8);                                                                 \
    halves.x = name(mask, halves.x, argument, width);                                                     \
    halves.y = name(mask, halves.y, argument, width);                                                     \
    __builtin_memcpy(&value, &halves, 8);                                                                 \
    return value;                                                                                         \
  }
CLANG_SHUFFLE(__shfl_sync, idx, int, 0x1f)
CLANG_SHUFFLE(__shfl_up_sync, up, unsigned, 0)
CLANG_SHUFFLE(__shfl_down_sync, down, unsigned, 0x1f)
CLANG_SHUFFLE(__shfl_xor_sync, bfly, int, 0x1f)
CLANG_DEVICE unsigned __ballot_sync(unsigned mask, int predicate) { return __nvvm_vote_ballot_sync(mask, predicate); }
CLANG_DEVICE int __any_sync(unsigned mask, int predicate) { return __nvvm_vote_any_sync(mask, predicate); }
CLANG_DEVICE int __all_sync(unsigned mask, int predicate) { return __nvvm_vote_all_sync(mask, predicate); }

// ---- The same bits as another type
template <typename To, typename From> CLANG_DEVICE To clang_bits_as(From x) {
  To result;
  __builtin_memcpy(&result, &x, sizeof result);
  return result;
}
CLANG_DEVICE float __int_as_float(int x) { return clang_bits_as<float>(x); }
CLANG_DEVICE float __uint_as_float(unsigned x) { return clang_bits_as<float>(x); }
CLANG_DEVICE int __float_as_int(float x) { return clang_bits_as<int>(x); }
CLANG_DEVICE unsigned __float_as_uint(float x) { return clang_bits_as<unsigned>(x); }
CLANG_DEVICE double __longlong_as_double(long long x) { return clang_bits_as<double>(x); }
CLANG_DEVICE long long __double_as_longlong(double x) { return clang_bits_as<long long>(x); }

// ---- Atomics
CLANG_DEVICE float atomicAdd(float* p, float v) { return __nvvm_atom_add_gen_f(p, v); }
CLANG_DEVICE double atomicAdd(double* p, double v) { return __nvvm_atom_add_gen_d(p, v); }
#define CLANG_ATOMIC(name, T, operation) \
  CLANG_DEVICE T name(T* p, T v) { return __atomic_##operation(p, v, __ATOMIC_RELAXED); }
#define CLANG_ATOMIC_INTEGERS(name, operation)       \
  CLANG_ATOMIC(name, int, operation)                 \
  CLANG_ATOMIC(name, unsigned, operation)            \
  CLANG_ATOMIC(name, unsigned long long, operation)
CLANG_ATOMIC_INTEGERS(atomicAdd, fetch_add)
CLANG_ATOMIC_INTEGERS(atomicMax, fetch_max)
CLANG_ATOMIC_INTEGERS(atomicMin, fetch_min)
CLANG_ATOMIC_INTEGERS(atomicAnd, fetch_and)
CLANG_ATOMIC_INTEGERS(atomicOr, fetch_or)
CLANG_ATOMIC_INTEGERS(atomicXor, fetch_xor)
CLANG_ATOMIC_INTEGERS(atomicExch, exchange_n)
CLANG_ATOMIC(atomicSub, int, fetch_sub)
CLANG_ATOMIC(atomicSub, unsigned, fetch_sub)
CLANG_DEVICE float atomicExch(float* p, float v) { return __int_as_float(atomicExch((int*)p, __float_as_int(v))); }
CLANG_DEVICE unsigned atomicInc(unsigned* p, unsigned v) { return __nvvm_atom_inc_gen_ui(p, v); }
CLANG_DEVICE unsigned atomicDec(unsigned* p, unsigned v) { return __nvvm_atom_dec_gen_ui(p, v); }
#define CLANG_COMPARE_AND_SWAP(T)                                                                  \
  CLANG_DEVICE T atomicCAS(T* p, T compare, T v) {                                                 \
    __atomic_compare_exchange_n(p, &compare, v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);        \
    return compare;                                                                                \
  }
CLANG_COMPARE_AND_SWAP(int)
CLANG_COMPARE_AND_SWAP(unsigned)
CLANG_COMPARE_AND_SWAP(unsigned long long)

// ---- Intrinsics
template <typename T> CLANG_DEVICE T __ldg(const T* p) { return *p; }
CLANG_DEVICE unsigned __umulhi(unsigned x, unsigned y) { return __nvvm_mulhi_ui(x, y); }
CLANG_DEVICE int __popc(unsigned x) { return __builtin_popcount(x); }
CLANG_DEVICE int __clz(int x) { return x == 0 ? 32 : __builtin_clz(unsigned(x)); }
CLANG_DEVICE int __ffs(int x) { return __builtin_ffs(x); }
CLANG_DEVICE float __expf(float x) { return __nvvm_ex2_approx_f(x * 1.4426950408889634f); }
CLANG_DEVICE float __logf(float x) { return __nvvm_lg2_approx_f(x) * 0.6931471805599453f; }
CLANG_DEVICE float __fdividef(float x, float y) { return __nvvm_div_approx_f(x, y); }
CLANG_DEVICE float __saturatef(float x) { return __nvvm_saturate_f(x); }

CLANG_DEVICE int max(int x, int y) { return x > y ? x : y; }
CLANG_DEVICE int min(int x, int y) { return x < y ? x : y; }
CLANG_DEVICE unsigned max(unsigned x, unsigned y) { return x > y ? x : y; }
CLANG_DEVICE unsigned min(unsigned x, unsigned y) { return x < y ? x : y; }
CLANG_DEVICE long long max(long long x, long long y) { return x > y ? x : y; }
CLANG_DEVICE long long min(long long x, long long y) { return x < y ? x : y; }
CLANG_DEVICE float max(float x, float y) { return __nvvm_fmax_f(x, y); }
CLANG_DEVICE float min(float x, float y) { return __nvvm_fmin_f(x, y); }
CLANG_DEVICE double max(double x, double y) { return __nvvm_fmax_d(x, y); }
CLANG_DEVICE double min(double x, double y) { return __nvvm_fmin_d(x, y); }

// ---- Mathematics: some are instructions, the rest are functions of NVIDIA's device library.
CLANG_DEVICE float sqrtf(float x) { return __nvvm_sqrt_rn_f(x); }
CLANG_DEVICE double sqrt(double x) { return __nvvm_sqrt_rn_d(x); }
CLANG_DEVICE float rsqrtf(float x) { return __nvvm_rsqrt_approx_f(x); }
CLANG_DEVICE double rsqrt(double x) { return __nvvm_rsqrt_approx_d(x); }
CLANG_DEVICE float fmaf(float x, float y, float z) { return __nvvm_fma_rn_f(x, y, z); }
CLANG_DEVICE double fma(double x, double y, double z) { return __nvvm_fma_rn_d(x, y, z); }
CLANG_DEVICE float fmaxf(float x, float y) { return __nvvm_fmax_f(x, y); }
CLANG_DEVICE double fmax(double x, double y) { return __nvvm_fmax_d(x, y); }
CLANG_DEVICE float fminf(float x, float y) { return __nvvm_fmin_f(x, y); }
CLANG_DEVICE double fmin(double x, double y) { return __nvvm_fmin_d(x, y); }
CLANG_DEVICE float fabsf(float x) { return __nvvm_fabs_f(x); }
CLANG_DEVICE double fabs(double x) { return __nvvm_fabs_d(x); }
CLANG_DEVICE float floorf(float x) { return __nvvm_floor_f(x); }
CLANG_DEVICE double floor(double x) { return __nvvm_floor_d(x); }
CLANG_DEVICE float ceilf(float x) { return __nvvm_ceil_f(x); }
CLANG_DEVICE double ceil(double x) { return __nvvm_ceil_d(x); }

#define CLANG_LIBRARY_1(name)                                   \
  extern "C" __device__ float __nv_##name##f(float);            \
  extern "C" __device__ double __nv_##name(double);             \
  CLANG_DEVICE float name##f(float x) { return __nv_##name##f(x); } \
  CLANG_DEVICE double name(double x) { return __nv_##name(x); }
CLANG_LIBRARY_1(exp)
CLANG_LIBRARY_1(expm1)
CLANG_LIBRARY_1(log)
CLANG_LIBRARY_1(log1p)
CLANG_LIBRARY_1(tanh)
CLANG_LIBRARY_1(sin)
CLANG_LIBRARY_1(cos)
CLANG_LIBRARY_1(erf)
extern "C" __device__ float __nv_powf(float, float);
extern "C" __device__ double __nv_pow(double, double);
CLANG_DEVICE float powf(float x, float y) { return __nv_powf(x, y); }
CLANG_DEVICE double pow(double x, double y) { return __nv_pow(x, y); }
