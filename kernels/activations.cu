// Activations: y = f(x) element by element, and the way back dx = g · f'(x), with f' written in y = f(x).
//
// Every kernel here is one pass over memory, and memory is what it waits for: a few flops per 8 or 12 bytes. So all
// that matters is that the 32 threads of a warp read 32 neighbours, which the memory unit then fetches as one. Thread t
// of the grid takes elements t, t + stride, t + 2·stride …, where stride is the number of threads; neighbours in the
// warp are neighbours in memory in every round, and any count n works with any grid.
#include "engine_cuda.h"

#define GRID_STRIDE_LOOP(i, n) \
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(n); i += gridDim.x * blockDim.x)

// max(0, x), but NaN for NaN: the comparison with NaN is false, and x itself is passed on.
template <typename T> __device__ void relu_forward(const T* __restrict__ x, T* __restrict__ y, int n) {
  GRID_STRIDE_LOOP(i, n) y[i] = x[i] < T(0) ? T(0) : x[i];
}
KERNEL_F32_F64(relu_forward, (const T* x, T* y, int n), (x, y, n))

// g where y > 0, else 0: also at the kink.
template <typename T> __device__ void relu_backward(const T* __restrict__ y, const T* g, T* dx, int n) {
  GRID_STRIDE_LOOP(i, n) dx[i] = y[i] > T(0) ? g[i] : T(0);
}
KERNEL_F32_F64(relu_backward, (const T* y, const T* g, T* dx, int n), (y, g, dx, n))

// 1 / (1 + e^-x). For very negative x the exponential is infinite and the quotient 0, as it should be.
template <typename T> __device__ void logistic_forward(const T* __restrict__ x, T* __restrict__ y, int n) {
  GRID_STRIDE_LOOP(i, n) y[i] = T(1) / (T(1) + exp_(-x[i]));
}
KERNEL_F32_F64(logistic_forward, (const T* x, T* y, int n), (x, y, n))

// g·y·(1 − y).
template <typename T> __device__ void logistic_backward(const T* __restrict__ y, const T* g, T* dx, int n) {
  GRID_STRIDE_LOOP(i, n) dx[i] = g[i] * (y[i] * (T(1) - y[i]));
}
KERNEL_F32_F64(logistic_backward, (const T* y, const T* g, T* dx, int n), (y, g, dx, n))

template <typename T> __device__ void tanh_forward(const T* __restrict__ x, T* __restrict__ y, int n) {
  GRID_STRIDE_LOOP(i, n) y[i] = tanh_(x[i]);
}
KERNEL_F32_F64(tanh_forward, (const T* x, T* y, int n), (x, y, n))

// g·(1 − y²).
template <typename T> __device__ void tanh_backward(const T* __restrict__ y, const T* g, T* dx, int n) {
  GRID_STRIDE_LOOP(i, n) dx[i] = g[i] * (T(1) - y[i] * y[i]);
}
KERNEL_F32_F64(tanh_backward, (const T* y, const T* g, T* dx, int n), (y, g, dx, n))
