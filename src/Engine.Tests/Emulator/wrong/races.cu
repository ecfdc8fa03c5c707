#include "wrong.h"

// y[t] = x[t + 1], through shared memory: a thread reads what its neighbour wrote, which may not have written yet.
template <bool Right> __device__ void missing_barrier(const float* x, float* y, int n) {
  __shared__ float s[256];
  s[threadIdx.x] = x[threadIdx.x];
  if (Right) __syncthreads();
  y[threadIdx.x] = s[(threadIdx.x + 1) % n];      // at: missing_barrier
}
WRONG_AND_RIGHT(missing_barrier)

// A tree sum. The barrier has to stand inside the loop: every level reads what the level before wrote.
template <bool Right> __device__ void barrier_outside_loop(const float* x, float* y, int n) {
  __shared__ float s[256];
  s[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  for (int half = n / 2; half > 0; half /= 2) {
    if (int(threadIdx.x) < half) s[threadIdx.x] += s[threadIdx.x + half];      // at: barrier_outside_loop
    if (Right) __syncthreads();
  }
  if (threadIdx.x == 0) y[0] = s[0];
}
WRONG_AND_RIGHT(barrier_outside_loop)

// Tiles, one after the other, through one array: before the next tile is written, all must have read this one.
template <bool Right> __device__ void tile_overwritten(const float* x, float* y, int n) {
  __shared__ float tile[64];
  float sum = 0;
  for (int first = 0; first < n; first += 64) {
    tile[threadIdx.x] = x[first + threadIdx.x];      // at: tile_overwritten
    __syncthreads();
    for (int i = 0; i < 64; ++i) sum += tile[i];
    if (Right) __syncthreads();
  }
  y[threadIdx.x] = sum;
}
WRONG_AND_RIGHT(tile_overwritten)

// All threads of all blocks add to one number.
template <bool Right> __device__ void missing_atomic(const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  if (Right) {
    atomicAdd(&y[0], x[i]);
  } else {
    y[0] += x[i];      // at: missing_atomic
  }
}
WRONG_AND_RIGHT(missing_atomic)

// A histogram of four bins in shared memory.
template <bool Right> __device__ void histogram_without_atomic(const float* x, float* y, int) {
  __shared__ int bins[4];
  if (threadIdx.x < 4) bins[threadIdx.x] = 0;
  __syncthreads();
  int bin = int(x[threadIdx.x]) & 3;
  if (Right) {
    atomicAdd(&bins[bin], 1);
  } else {
    bins[bin]++;      // at: histogram_without_atomic
  }
  __syncthreads();
  if (threadIdx.x < 4) y[threadIdx.x] = float(bins[threadIdx.x]);
}
WRONG_AND_RIGHT(histogram_without_atomic)

// Each thread writes its own element, and one that belongs to the next thread.
template <bool Right> __device__ void write_to_neighbour(const float* x, float* y, int n) {
  int i = threadIdx.x;
  y[i] = x[i];
  if (!Right && i + 1 < n) y[i + 1] = 0;      // at: write_to_neighbour
}
WRONG_AND_RIGHT(write_to_neighbour)

// A filter in place: its input is overwritten by neighbours that are ahead, also across blocks.
template <bool Right> __device__ void filter_in_place(const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  const float* from = Right ? x : y;
  if (i > 0 && i < n) y[i] = 0.5f * (from[i - 1] + x[i]);      // at: filter_in_place
}
WRONG_AND_RIGHT(filter_in_place)

// Lanes of a warp exchange through shared memory. They run together only where __syncwarp says so.
template <bool Right> __device__ void missing_syncwarp(const float* x, float* y, int) {
  __shared__ float s[32];
  s[threadIdx.x] = x[threadIdx.x];
  if (Right) __syncwarp();
  y[threadIdx.x] = s[31 - threadIdx.x];      // at: missing_syncwarp
}
WRONG_AND_RIGHT(missing_syncwarp)

// The block that comes last adds up what all wrote. Without the fence, what it reads may not have arrived.
// y: one partial sum per block, then at n − 2 the number of blocks done, at n − 1 the sum.
template <bool Right> __device__ void missing_fence(const float* x, float* y, int n) {
  if (threadIdx.x != 0) return;
  y[blockIdx.x] = x[blockIdx.x];
  if (Right) __threadfence();
  if (atomicAdd(&y[n - 2], 1.0f) == float(gridDim.x - 1)) {
    float sum = 0;
    for (unsigned b = 0; b < gridDim.x; ++b) sum += y[b];      // at: missing_fence
    y[n - 1] = sum;
  }
}
WRONG_AND_RIGHT(missing_fence)
