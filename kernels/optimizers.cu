// Optimizers: one launch moves all parameters of a network.
//
// A step is elementwise and touches every parameter once: 12 bytes per Float32 for plain gradient descent, 28 for Adam.
// A large network's step takes the time of that traffic, a small network's the time of its launches; so all parameters
// are rows of one table (tensor_table.h), and go through memory in packs (sweep.h). The columns of a row:
//   0  g, the gradient      1  θ, the parameter      2, 3  what the rule remembers
//
// The guard, where there is one, is a number that earlier work has left in device memory: if it is not 0, nothing moves.
// So a step whose gradients turned out not to be finite is stopped without the host having to look in between.
#include "tensor_table.h"

__device__ __forceinline__ bool is_stopped(const int* guard) { return guard != nullptr && *guard != 0; }

// x, or 0 below the smallest normal number. A moment whose parameter has no gradient any more shrinks by a factor in every
// step, gets stuck at the last digit and moves nothing; a CPU takes a hundred times longer over such numbers.
__device__ __forceinline__ float faded(float x) { return abs_(x) < 1.17549435e-38f ? 0.0f : x; }
__device__ __forceinline__ double faded(double x) { return abs_(x) < 2.2250738585072014e-308 ? 0.0 : x; }

// θ := θ − η·g
template <typename T> __device__ __forceinline__ void sgd_step(const TensorTable& table, T rate, const int* guard) {
  if (is_stopped(guard)) return;
  const TableTile at = table_tile(table);
  const T* gradient = table_array<T>(table, at.row, 0);
  T* parameter = table_array<T>(table, at.row, 1);
  on_tile<T>(at.tile, at.size, [=](auto tile) INLINED {
    Share<T> g = tile.load(gradient), theta = tile.load(parameter);
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) theta[i] = fma_(-rate, g[i], theta[i]);
    tile.store(theta, parameter);
  }, gradient, parameter);
}
KERNEL_F32_F64(sgd_step, (TensorTable table, T rate, const int* guard), (table, rate, guard))

// v := μ·v + g,   θ := θ − η·v
template <typename T>
__device__ __forceinline__ void momentum_step(const TensorTable& table, T rate, T momentum, const int* guard) {
  if (is_stopped(guard)) return;
  const TableTile at = table_tile(table);
  const T* gradient = table_array<T>(table, at.row, 0);
  T *parameter = table_array<T>(table, at.row, 1), *velocity = table_array<T>(table, at.row, 2);
  on_tile<T>(at.tile, at.size, [=](auto tile) INLINED {
    Share<T> g = tile.load(gradient), v = tile.load(velocity), theta = tile.load(parameter);
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) {
      v[i] = faded(fma_(momentum, v[i], g[i]));
      theta[i] = fma_(-rate, v[i], theta[i]);
    }
    tile.store(v, velocity);
    tile.store(theta, parameter);
  }, gradient, velocity, parameter);
}
KERNEL_F32_F64(momentum_step, (TensorTable table, T rate, T momentum, const int* guard), (table, rate, momentum, guard))

// What is the same for every element of a step of Adam, worked out by the host in double.
template <typename T> struct AdamConstants {
  T beta1, one_minus_beta1;
  T beta2, one_minus_beta2;
  T minus_rate;           // −η / (1 − β₁ᵗ)
  T correction2;          // 1 / (1 − β₂ᵗ)
  T epsilon;
};

// m := β₁·m + (1 − β₁)·g,   v := β₂·v + (1 − β₂)·g²,   θ := θ − η·m̂ / (√v̂ + ε)
template <typename T>
__device__ __forceinline__ void adam_step(const TensorTable& table, const AdamConstants<T>& c, const int* guard) {
  if (is_stopped(guard)) return;
  const TableTile at = table_tile(table);
  const T* gradient = table_array<T>(table, at.row, 0);
  T *parameter = table_array<T>(table, at.row, 1);
  T *first = table_array<T>(table, at.row, 2), *second = table_array<T>(table, at.row, 3);
  on_tile<T>(at.tile, at.size, [=](auto tile) INLINED {
    Share<T> g = tile.load(gradient), m = tile.load(first), v = tile.load(second), theta = tile.load(parameter);
#pragma unroll
    for (int i = 0; i < Share<T>::COUNT; ++i) {
      m[i] = faded(fma_(c.beta1, m[i], c.one_minus_beta1 * g[i]));
      v[i] = faded(fma_(c.beta2, v[i], c.one_minus_beta2 * g[i] * g[i]));
      theta[i] = fma_(c.minus_rate, m[i] / (sqrt_(v[i] * c.correction2) + c.epsilon), theta[i]);
    }
    tile.store(m, first);
    tile.store(v, second);
    tile.store(theta, parameter);
  }, gradient, first, second, parameter);
}
KERNEL_F32_F64(adam_step, (TensorTable table, AdamConstants<T> constants, const int* guard), (table, constants, guard))
