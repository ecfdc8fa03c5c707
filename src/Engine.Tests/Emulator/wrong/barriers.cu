#include "wrong.h"

// Only some threads reach the barrier.
template <bool Right> __device__ void barrier_in_branch(const float* x, float* y, int n) {
  if (Right || int(threadIdx.x) < n / 2) {
    y[threadIdx.x] = x[threadIdx.x];
    __syncthreads();      // at: barrier_in_branch
  }
}
WRONG_AND_RIGHT(barrier_in_branch)

// The threads of the tail leave early, and are missed at the barrier.
template <bool Right> __device__ void return_before_barrier(const float* x, float* y, int n) {
  __shared__ float s[64];
  int i = threadIdx.x;
  bool inside = i < n - 3;
  if (!Right && !inside) return;
  s[i] = inside ? x[i] : 0;
  __syncthreads();      // at: return_before_barrier
  if (inside) y[i] = s[(i + 1) % 64];
}
WRONG_AND_RIGHT(return_before_barrier)

// As many barriers in each branch, but not the same.
template <bool Right> __device__ void two_barriers(const float* x, float* y, int) {
  int i = threadIdx.x;
  if (Right) {
    y[i] = x[i];
    __syncthreads();
  } else if (i % 2 == 0) {
    y[i] = x[i];
    __syncthreads();      // at: two_barriers
  } else {
    y[i] = -x[i];
    __syncthreads();
  }
}
WRONG_AND_RIGHT(two_barriers)

// Threads go round the loop a different number of times.
template <bool Right> __device__ void barrier_in_uneven_loop(const float* x, float* y, int n) {
  int rounds = Right ? 3 : 1 + int(threadIdx.x) % 2;
  float sum = 0;
  for (int round = 0; round < rounds; ++round) {
    sum += x[(threadIdx.x + round) % n];
    __syncthreads();      // at: barrier_in_uneven_loop
  }
  y[threadIdx.x] = sum;
}
WRONG_AND_RIGHT(barrier_in_uneven_loop)

// A mask of the lower half, called by the whole warp.
template <bool Right> __device__ void mask_without_caller(const float* x, float* y, int) {
  unsigned mask = Right ? 0xffffffffu : 0x0000ffffu;
  y[threadIdx.x] = __shfl_xor_sync(mask, x[threadIdx.x], 1);      // at: mask_without_caller
}
WRONG_AND_RIGHT(mask_without_caller)

// A mask of the whole warp, called by its lower half.
template <bool Right> __device__ void mask_of_absent_lanes(const float* x, float* y, int) {
  if (threadIdx.x < 16) {
    unsigned mask = Right ? 0x0000ffffu : 0xffffffffu;
    y[threadIdx.x] = __shfl_xor_sync(mask, x[threadIdx.x], 1);      // at: mask_of_absent_lanes
  }
}
WRONG_AND_RIGHT(mask_of_absent_lanes)

// Lanes of one mask at two different calls.
template <bool Right> __device__ void two_shuffles(const float* x, float* y, int) {
  float value = x[threadIdx.x];
  if (Right || threadIdx.x < 16) {
    value = __shfl_xor_sync(0xffffffffu, value, 1);
  } else {
    value = __shfl_xor_sync(0xffffffffu, value, 2);      // at: two_shuffles
  }
  y[threadIdx.x] = value;
}
WRONG_AND_RIGHT(two_shuffles)

// A barrier that one warp waits at while another waits for a lane that stands at the barrier.
template <bool Right> __device__ void shuffle_against_barrier(const float* x, float* y, int) {
  float value = x[threadIdx.x];
  if (!Right && threadIdx.x == 0) __syncthreads();
  value = __shfl_sync(0xffffffffu, value, 0);      // at: shuffle_against_barrier
  __syncthreads();
  y[threadIdx.x] = value;
}
WRONG_AND_RIGHT(shuffle_against_barrier)

// A thread waits in a loop for another to set a flag. Threads of a block need not run side by side.
template <bool Right> __device__ void endless_loop(const float* x, float* y, int) {
  volatile float* flag = y;
  if (threadIdx.x == 0) {
    while (!Right && flag[1] == 0) {}      // at: endless_loop
  }
  if (threadIdx.x == 1) flag[1] = x[1];
}
WRONG_AND_RIGHT(endless_loop)

// The sum of a warp of 16 threads, written for 32: lanes that do not exist give anything.
template <bool Right> __device__ void lanes_that_do_not_exist(const float* x, float* y, int) {
  unsigned mask = Right ? 0x0000ffffu : 0xffffffffu;
  float sum = x[threadIdx.x];
  for (int d = Right ? 8 : 16; d > 0; d /= 2) sum += __shfl_down_sync(mask, sum, d, Right ? 16 : 32);
  if (threadIdx.x == 0) y[0] = sum;
}
WRONG_AND_RIGHT(lanes_that_do_not_exist)
