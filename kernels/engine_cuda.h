// The one header that every .cu file includes. It makes one source acceptable to four compilers:
//
//   nvcc, NVRTC           the real thing: nothing to add
//   g++ or clang++        the host emulation of CUDA (cuda_emulated.h): kernels run, and are checked, without a GPU
//   clang++ -x cuda       compiles to PTX without an NVIDIA toolkit (cuda_clang.h): a check that this *is* CUDA
//
// A kernel is written once, as a template over its number type T, and then given its two names:
//
//   template <typename T> __device__ void relu_forward(const T* x, T* y, int n) { ... }
//   KERNEL_F32_F64(relu_forward, (const T* x, T* y, int n), (x, y, n))
//
// defines the kernels relu_forward_f32 and relu_forward_f64. A body with more template arguments is named last:
//
//   KERNEL_F32_F64_OF(gemm_tiled, (const T* a, const T* b, T* c, int n), (a, b, c, n), gemm_tiled_body<T, 16>)
//
// A kernel that is no template (it only moves integers, say) is an ordinary extern "C" __global__ function
// followed by EXPORT_KERNEL(name), which makes it known to the emulator and is empty elsewhere.
//
// DYNAMIC_SHARED(T, name) declares the shared array whose size the launch decides. (CUDA's own
// `extern __shared__ T name[]` cannot be used in templates: float's and double's would be one name with two types.)
#pragma once

#if defined(__NVCC__) || defined(__CUDACC_RTC__)
#define ENGINE_CUDA_REAL 1
#elif defined(__CUDA__)
#include "cuda_clang.h"
#define ENGINE_CUDA_REAL 1
#else
#include "cuda_emulated.h"
#endif

#ifdef ENGINE_CUDA_REAL
#define EXPORT_KERNEL(name)
#define DYNAMIC_SHARED(T, name)                                               \
  extern __shared__ __align__(16) unsigned char engine_dynamic_shared[];      \
  T* name = reinterpret_cast<T*>(engine_dynamic_shared)
#endif

typedef unsigned int uint32;
typedef unsigned long long uint64;

// T is the number type between the braces, so that a parameter list is written once for both. The names of extern "C"
// functions ignore the namespace they are in.
#define ENGINE_KERNEL_AS(suffix, type, name, parameters, arguments, ...) \
  ENGINE_BOUNDED_KERNEL_AS(, suffix, type, name, parameters, arguments, __VA_ARGS__)

#define ENGINE_BOUNDED_KERNEL_AS(bounds, suffix, type, name, parameters, arguments, ...)         \
  namespace engine_##suffix {                                                                    \
  typedef type T;                                                                                \
  extern "C" __global__ void bounds name##_##suffix parameters { __VA_ARGS__ arguments; }        \
  EXPORT_KERNEL(name##_##suffix)                                                                 \
  }

#define KERNEL_F32_OF(name, parameters, arguments, ...) \
  ENGINE_KERNEL_AS(f32, float, name, parameters, arguments, __VA_ARGS__)
#define KERNEL_F64_OF(name, parameters, arguments, ...) \
  ENGINE_KERNEL_AS(f64, double, name, parameters, arguments, __VA_ARGS__)
#define KERNEL_F32_F64_OF(name, parameters, arguments, ...)  \
  KERNEL_F32_OF(name, parameters, arguments, __VA_ARGS__)    \
  KERNEL_F64_OF(name, parameters, arguments, __VA_ARGS__)

#define KERNEL_F32(name, parameters, arguments) KERNEL_F32_OF(name, parameters, arguments, ::name<T>)
#define KERNEL_F64(name, parameters, arguments) KERNEL_F64_OF(name, parameters, arguments, ::name<T>)
#define KERNEL_F32_F64(name, parameters, arguments) KERNEL_F32_F64_OF(name, parameters, arguments, ::name<T>)

// The same with a promise: no block has more than `threads` threads, and the compiler keeps to so few registers that
// blocks32 (or, for double, blocks64) of them fit on a multiprocessor at once.
#define KERNEL_BOUNDED_F32_F64_OF(threads, blocks32, blocks64, name, parameters, arguments, ...)                             \
  ENGINE_BOUNDED_KERNEL_AS(__launch_bounds__(threads, blocks32), f32, float, name, parameters, arguments, __VA_ARGS__)       \
  ENGINE_BOUNDED_KERNEL_AS(__launch_bounds__(threads, blocks64), f64, double, name, parameters, arguments, __VA_ARGS__)

#include "engine_math.h"
