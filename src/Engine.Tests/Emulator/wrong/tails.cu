// Kernels that are right, whatever the order in which threads begin and go on.
#include "engine_cuda.h"

// y[block] = the sum of the block's elements of x: by warp, then over the warps. Any n; blocks of whole warps.
template <typename T> __device__ void block_sums(const T* x, T* y, int n) {
  __shared__ T sums[32];
  int i = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  T sum = i < n ? x[i] : T(0);
  for (int d = 16; d > 0; d /= 2) sum += __shfl_down_sync(0xffffffffu, sum, d);
  if (lane == 0) sums[warp] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    T total = 0;
    for (int w = 0; w < int(blockDim.x) / 32; ++w) total += sums[w];
    y[blockIdx.x] = total;
  }
}
KERNEL_F32_F64(block_sums, (const T* x, T* y, int n), (x, y, n))

// The prefix sum of a block's elements in shared memory, in log2 rounds of two barriers each (Hillis and Steele, 1986).
template <typename T> __device__ void prefix_sum(const T* x, T* y, int n) {
  DYNAMIC_SHARED(T, s);
  int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  s[t] = i < n ? x[i] : T(0);
  __syncthreads();
  for (unsigned d = 1; d < blockDim.x; d *= 2) {
    T before = t >= int(d) ? s[t - d] : T(0);
    __syncthreads();
    s[t] += before;
    __syncthreads();
  }
  if (i < n) y[i] = s[t];
}
KERNEL_F32_F64(prefix_sum, (const T* x, T* y, int n), (x, y, n))

// In how many threads of the block is x positive? Asked in one barrier.
extern "C" __global__ void count_positive(const float* x, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  int positive = i < n && x[i] > 0;
  int count = __syncthreads_count(positive), all = __syncthreads_and(positive), any = __syncthreads_or(positive);
  if (i < n) y[i] = float(count * 100 + all * 10 + any);
}
EXPORT_KERNEL(count_positive)

// Which thread of which block am I? In three dimensions; y[i] = i where the indices make sense.
extern "C" __global__ void three_dimensions(const float* x, float* y, int n) {
  int block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  int thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  int i = block * int(blockDim.x * blockDim.y * blockDim.z) + thread;
  if (i < n) y[i] = x[i];
}
EXPORT_KERNEL(three_dimensions)

// A table of 4 KB as an argument, which is the most that a kernel takes.
struct Table {
  float values[1024];
};
extern "C" __global__ void large_argument(Table table, float* y, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = table.values[i % 1022];
}
EXPORT_KERNEL(large_argument)

// Integer division by zero: undefined on a GPU, a fault of the processor here.
extern "C" __global__ void divide(const float* x, float* y, int n) {
  y[threadIdx.x] = float(7 / (int(x[threadIdx.x]) + n));      // at: divide
}
EXPORT_KERNEL(divide)

// Local variables of 800 KB: more than a GPU gives a thread, and more than a fiber has.
extern "C" __global__ void large_local_array(const float* x, float* y, int n) {
  float local[200000];
  for (int i = 0; i < n; ++i) local[i * 1000] = x[i];      // touched in a few places only
  y[threadIdx.x] = local[(threadIdx.x % n) * 1000];
}
EXPORT_KERNEL(large_local_array)
