// What threads work out together: sums, maxima and the like over lanes of a warp, and over a block.
//
// An operation `Op` says what to compute: none() is its neutral element, join(a, b) puts two parts together. The parts
// are always joined in the same order, which follows from the number of threads alone; so the same numbers give the same
// bits, run after run and device after device.
#pragma once

#include "engine_cuda.h"

template <typename T> struct Sum {
  static __device__ __forceinline__ T none() { return T(0); }
  static __device__ __forceinline__ T join(T a, T b) { return a + b; }
};

// NaN counts as larger than every number, so that it is never lost from sight. (fmax would drop it.)
template <typename T> struct Largest {
  static __device__ __forceinline__ T none() { return -infinity_<T>(); }
  static __device__ __forceinline__ T join(T a, T b) { return a >= b || a != a ? a : b; }
};

constexpr unsigned whole_warp = 0xffffffffu;
constexpr int most_warps = 16;      // of the blocks that join_block is for: 512 threads

// The value of the lane whose number differs in one bit. Structures say how they travel by an overload of their own.
template <typename T> __device__ __forceinline__ T value_across(T value, int bit) {
  return __shfl_xor_sync(whole_warp, value, bit);
}

// Joins the values of a group of `lanes` neighbours, or of every `columns`-th lane of the group; both are powers of two.
// In each round a lane joins its value with that of the lane half as far away as in the round before: log2 rounds, no
// memory, no barrier. Of two lanes that exchange, both put the lower one's value first, so that every lane ends with the
// same bits, whatever the rounding of join. All 32 lanes of the warp must call this together.
template <typename Op, typename V> __device__ __forceinline__ V join_lanes(V value, int lanes = 32, int columns = 1) {
  for (int bit = lanes / 2; bit >= columns; bit /= 2) {
    const V other = value_across(value, bit);
    value = threadIdx.x & bit ? Op::join(other, value) : Op::join(value, other);
  }
  return value;
}

// Joins the values of all threads of a block, or of every `columns`-th thread: thread t gets the result of column
// t % columns. First within each warp, by shuffles; then one lane per warp and column leaves its part in shared memory,
// and every thread joins the parts, warp by warp, for itself. All threads of the block must call this together.
template <typename Op, int MostColumns = 1, typename V> __device__ V join_block(V value, int columns = 1) {
  __shared__ V parts[most_warps * MostColumns];
  const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32, column = lane % columns;
  value = join_lanes<Op>(value, 32, columns);
  __syncthreads();                  // somebody may still be reading the parts of an earlier call
  if (lane < columns) parts[warp * columns + lane] = value;
  __syncthreads();
  value = parts[column];
  for (int w = 1; w < warps; ++w) value = Op::join(value, parts[w * columns + column]);
  return value;
}

// The textbook's tree: all values lie in shared memory, and in each round the lower half of the threads adds what the
// upper half holds. The block has a power of two threads, and `shared` room for a value of each. All threads get the result.
template <typename Op, typename V> __device__ V join_tree(V value, V* shared) {
  const int t = threadIdx.x;
  __syncthreads();
  shared[t] = value;
  __syncthreads();
  for (int half = blockDim.x / 2; half > 0; half /= 2) {
    if (t < half) shared[t] = Op::join(shared[t], shared[t + half]);
    __syncthreads();
  }
  return shared[0];
}

// A team is the threads that work on one row, line or window together. Small rows: a few neighbouring lanes of a warp, so
// that a warp has several rows at a time. Lanes whose row does not exist stay and take part in the exchange.
struct LaneTeam {
  int size, rank;                   // how many threads; which of them is this
  unsigned index, count;            // which team of the grid; how many there are

  __device__ __forceinline__ explicit LaneTeam(int lanes)
      : size(lanes), rank(threadIdx.x % lanes),
        index((blockIdx.x * blockDim.x + threadIdx.x) / lanes), count(gridDim.x * blockDim.x / lanes) {}

  template <typename Op, typename V> __device__ __forceinline__ V join(V value) const {
    return join_lanes<Op>(value, size);
  }
};

// Large rows: a whole block for each.
struct BlockTeam {
  int size, rank;
  unsigned index, count;

  __device__ __forceinline__ explicit BlockTeam(int)
      : size(blockDim.x), rank(threadIdx.x), index(blockIdx.x), count(gridDim.x) {}

  template <typename Op, typename V> __device__ __forceinline__ V join(V value) const { return join_block<Op>(value); }
};
