// Activations: y = f(x) element by element, and the way back dx = g · f'(x), with f' written in y = f(x).
//
// Every kernel here is one pass over memory, and memory is what it waits for: a few flops per 8 or 12 bytes. So all of
// them go through it in packs of 16 bytes (sweep.h says how and why); what differs is the formula.
#include "sweep.h"

// max(0, x), but NaN for NaN: the comparison with NaN is false, and x itself is passed on.
template <typename T> __device__ void relu_forward(const T* x, T* y, int n) {
  map(x, y, n, [](T x) { return x < T(0) ? T(0) : x; });
}
KERNEL_F32_F64(relu_forward, (const T* x, T* y, int n), (x, y, n))

// g where y > 0, else 0: also at the kink.
template <typename T> __device__ void relu_backward(const T* y, const T* g, T* dx, int n) {
  map(y, g, dx, n, [](T y, T g) { return y > T(0) ? g : T(0); });
}
KERNEL_F32_F64(relu_backward, (const T* y, const T* g, T* dx, int n), (y, g, dx, n))

// 1 / (1 + e^-x). For very negative x the exponential is infinite and the quotient 0, as it should be.
template <typename T> __device__ void logistic_forward(const T* x, T* y, int n) {
  map(x, y, n, [](T x) { return T(1) / (T(1) + exp_(-x)); });
}
KERNEL_F32_F64(logistic_forward, (const T* x, T* y, int n), (x, y, n))

// g·y·(1 − y).
template <typename T> __device__ void logistic_backward(const T* y, const T* g, T* dx, int n) {
  map(y, g, dx, n, [](T y, T g) { return g * (y * (T(1) - y)); });
}
KERNEL_F32_F64(logistic_backward, (const T* y, const T* g, T* dx, int n), (y, g, dx, n))

template <typename T> __device__ void tanh_forward(const T* x, T* y, int n) {
  map(x, y, n, [](T x) { return tanh_(x); });
}
KERNEL_F32_F64(tanh_forward, (const T* x, T* y, int n), (x, y, n))

// g·(1 − y²).
template <typename T> __device__ void tanh_backward(const T* y, const T* g, T* dx, int n) {
  map(y, g, dx, n, [](T y, T g) { return g * (T(1) - y * y); });
}
KERNEL_F32_F64(tanh_backward, (const T* y, const T* g, T* dx, int n), (y, g, dx, n))
