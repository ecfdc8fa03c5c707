// Kernels with one mistake each, beside the same kernel without it. The mistake is what `Right` switches; the line on which
// the emulator has to put its finger ends in a comment that names it.
#pragma once
#include "engine_cuda.h"

// NAME_wrong and NAME_right. All have the same parameters, so that one table can run them: x and y of n floats each.
#define WRONG_AND_RIGHT(name)                                                                              \
  extern "C" __global__ void name##_wrong(const float* x, float* y, int n) { name<false>(x, y, n); }       \
  EXPORT_KERNEL(name##_wrong)                                                                              \
  extern "C" __global__ void name##_right(const float* x, float* y, int n) { name<true>(x, y, n); }        \
  EXPORT_KERNEL(name##_right)
