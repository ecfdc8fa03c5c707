// What is done with a sum before it is stored: the activation, so that a layer's "product, bias, activation" is one
// kernel and its result crosses memory once.
#pragma once
#include "engine_cuda.h"

// Numbered as in the back end. The formulas are those of activations.cu.
enum ActivationCode { no_activation = 0, relu_activation = 1, logistic_activation = 2, tanh_activation = 3 };

// Not inlined: a tile's epilogue says it 64 times, and exponentials are long.
template <typename T> __device__ __noinline__ T curved(T x, int activation) {
  return activation == logistic_activation ? T(1) / (T(1) + exp_(-x)) : tanh_(x);
}

template <typename T> __device__ __forceinline__ T activated(T x, int activation) {
  if (activation == no_activation) return x;
  if (activation == relu_activation) return x < T(0) ? T(0) : x;
  return curved(x, activation);
}
