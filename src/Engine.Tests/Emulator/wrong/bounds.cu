#include "wrong.h"

// <= where < is meant.
template <bool Right> __device__ void overrun_by_one(const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n || (!Right && i == n)) y[i] = 1;      // at: overrun_by_one
  (void)x;
}
WRONG_AND_RIGHT(overrun_by_one)

// The grid is whole blocks; n need not be.
template <bool Right> __device__ void no_tail(const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (Right && i >= n) return;
  y[i] = 2 * x[i];      // at: no_tail
}
WRONG_AND_RIGHT(no_tail)

// A matrix of 4 rows and 8 columns. With row and column exchanged, it would have 8 rows.
template <bool Right> __device__ void transposed_index(const float* x, float* y, int) {
  int row = threadIdx.y, column = threadIdx.x;
  int i = Right ? row * 8 + column : column * 8 + row;
  y[i] = x[row * 8 + column];      // at: transposed_index
}
WRONG_AND_RIGHT(transposed_index)

// The element before the first.
template <bool Right> __device__ void before_the_start(const float* x, float* y, int n) {
  int i = threadIdx.x;
  if (i < n && (!Right || i > 0)) y[i] = x[i - 1];      // at: before_the_start
}
WRONG_AND_RIGHT(before_the_start)

// 128 elements for 256 threads. The array behind it is not to be touched.
template <bool Right> __device__ void shared_array_too_small(const float* x, float* y, int) {
  __shared__ float small[Right ? 256 : 128];
  __shared__ float other[256];
  float* mine = small + threadIdx.x;
  other[threadIdx.x] = 0;
  *mine = x[threadIdx.x];      // at: shared_array_too_small
  __syncthreads();
  y[threadIdx.x] = *mine + other[threadIdx.x];
}
WRONG_AND_RIGHT(shared_array_too_small)

// A thread's own array, as a convolution keeps its weights in. Its index goes one too far.
template <bool Right> __device__ void local_array_too_small(const float* x, float* y, int n) {
  float last[3] = {};
  int count = Right ? 3 : n / 8;
  for (int i = 0; i < count; ++i) last[i] = x[n - 4 + i];      // at: local_array_too_small
  y[0] = last[0] + last[1] + last[2];
}
WRONG_AND_RIGHT(local_array_too_small)

// One row of dynamic shared memory is what the launch gives; a second one begins behind it.
template <bool Right> __device__ void dynamic_shared_too_small(const float* x, float* y, int) {
  DYNAMIC_SHARED(float, row);
  int i = threadIdx.x + (Right ? 0 : blockDim.x);
  row[i] = x[threadIdx.x];      // at: dynamic_shared_too_small
  y[threadIdx.x] = row[i];
}
WRONG_AND_RIGHT(dynamic_shared_too_small)

// Four floats at once, from an address that is no multiple of 16.
template <bool Right> __device__ void misaligned_vector(const float* x, float* y, int) {
  const float4* quad = reinterpret_cast<const float4*>(Right ? x : x + 1) + threadIdx.x;
  y[threadIdx.x] = quad->x + quad->y + quad->z + quad->w;      // at: misaligned_vector
}
WRONG_AND_RIGHT(misaligned_vector)

// Only thread 0 sets its element; all read theirs.
template <bool Right> __device__ void unwritten_shared(const float* x, float* y, int) {
  __shared__ float s[64];
  if (Right || threadIdx.x == 0) s[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = s[threadIdx.x];      // at: unwritten_shared
}
WRONG_AND_RIGHT(unwritten_shared)
