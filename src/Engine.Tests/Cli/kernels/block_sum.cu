// Right: every block adds up 64 elements in shared memory, by halves.
#include <cuda_runtime.h>

// check block_sum
//   n = 1, 63, 64, 65, 200
//   x[n], sums[(n + 63) / 64]
//   grid (n + 63) / 64
//   block 64
//   shared 64 * 4
//   tolerance 1e-5
extern "C" __global__ void block_sum(const float* __restrict__ x, float* sums, int n) {
  extern __shared__ float s[];
  const int i = blockIdx.x * blockDim.x + threadIdx.x, t = threadIdx.x;
  s[t] = i < n ? x[i] : 0;
  for (int half = 32; half > 0; half /= 2) {
    __syncthreads();
    if (t < half) s[t] += s[t + half];
  }
  if (t == 0) sums[blockIdx.x] = s[0];
}

extern "C" __global__ void block_sum_reference(const float* x, float* sums, int n) {
  for (int block = 0; block * 64 < n; ++block) {
    sums[block] = 0;
    for (int i = block * 64; i < n && i < (block + 1) * 64; ++i) sums[block] += x[i];
  }
}
