// Reductions: many numbers become one, y = Σ x or max x along an axis, and where the largest is.
//
// A reduction does one operation per number read, so memory is what it waits for, and the art is in asking for much
// memory at once. Threads take elements in turn, neighbours in the warp neighbours in memory; each keeps the sum of its
// own; then the sums of threads are joined: by shuffles in a warp, through shared memory in a block, and by a second run of
// the kernel over the blocks' results. No atomics: their order would change the bits from run to run.
// As a bonus the sum is more exact than one number after the other: with k terms per thread the error grows with k, and
// with the logarithm of the rest.
//
// x is seen as outer × length × inner, with the axis that goes in the middle. Three shapes of work:
//   lines      short: one thread, or some lanes of a warp, have a line for themselves
//   rows       long and contiguous (inner = 1): one or more blocks per row, 16 bytes per load
//   channels   long with gaps, and the gradient of a bias, which is a sum per channel (channels.h)
#include "collectives.h"
#include "channels.h"
#include "packs.h"

// ---- Lines. A team of `lanes` has line o, i: x[o, 0, i], x[o, 1, i] … Its threads take every lanes-th. Where inner > 1, one
// thread is a team, and neighbours in the warp read neighbours in memory; where inner = 1, the team does. Four
// accumulators let four loads be under way, and keep each sum a quarter as long.
template <typename T, typename Op>
__device__ void reduce_lines(const T* __restrict__ x, T* __restrict__ y, int lines, int length, int inner, int lanes, T divisor) {
  const LaneTeam team(lanes);
  const bool exists = team.index < unsigned(lines);
  const unsigned outer = team.index / inner, column = team.index % inner;
  const T* line = x + size_t(outer) * length * inner + column;
  const unsigned end = exists ? length : 0, step = lanes;
  T a = Op::none(), b = a, c = a, d = a;
  unsigned k = team.rank;
  for (; k + 3 * step < end; k += 4 * step) {
    a = Op::join(a, line[size_t(k) * inner]);
    b = Op::join(b, line[size_t(k + step) * inner]);
    c = Op::join(c, line[size_t(k + 2 * step) * inner]);
    d = Op::join(d, line[size_t(k + 3 * step) * inner]);
  }
  for (; k < end; k += step) a = Op::join(a, line[size_t(k) * inner]);
  const T result = team.join<Op>(Op::join(Op::join(a, b), Op::join(c, d)));
  if (exists && team.rank == 0) y[team.index] = result / divisor;
}
#define REDUCE_LINES (const T* x, T* y, int lines, int length, int inner, int lanes, T divisor)
#define REDUCE_LINES_ARGUMENTS (x, y, lines, length, inner, lanes, divisor)
KERNEL_F32_F64_OF(reduce_lines_sum, REDUCE_LINES, REDUCE_LINES_ARGUMENTS, reduce_lines<T, Sum<T>>)
KERNEL_F32_F64_OF(reduce_lines_max, REDUCE_LINES, REDUCE_LINES_ARGUMENTS, reduce_lines<T, Largest<T>>)

// ---- Rows. Block b has part b % parts of row b / parts, `part` elements or what is left of the row. Elements go through
// it in packs of 16 bytes, the most that one load can bring; those before the first aligned address and after the last
// whole pack go one by one. The next run of the kernel joins the parts: it sees them as rows of length `parts`.
template <typename T, typename Op>
__device__ void reduce_rows(const T* __restrict__ x, T* __restrict__ y, int length, int parts, int part, T divisor) {
  constexpr unsigned width = 16 / sizeof(T);
  const unsigned row = blockIdx.x / parts, from = blockIdx.x % parts * unsigned(part);
  const T* start = x + size_t(row) * length + from;
  const unsigned count = unsigned(length) - from < unsigned(part) ? length - from : part;
  const unsigned astray = unsigned(reinterpret_cast<size_t>(start) / sizeof(T) % width);
  unsigned head = astray == 0 ? 0 : width - astray;
  if (head > count) head = count;
  const unsigned packs = (count - head) / width, tail = head + packs * width;

  T sums[width];
  for (unsigned j = 0; j < width; ++j) sums[j] = Op::none();
  const Pack<T>* const packed = reinterpret_cast<const Pack<T>*>(start + head);
#pragma unroll 4
  for (unsigned k = threadIdx.x; k < packs; k += blockDim.x) {
    const Pack<T> pack = packed[k];
    for (unsigned j = 0; j < width; ++j) sums[j] = Op::join(sums[j], pack.at[j]);
  }
  if (threadIdx.x < head) sums[0] = Op::join(sums[0], start[threadIdx.x]);
  if (tail + threadIdx.x < count) sums[width - 1] = Op::join(sums[width - 1], start[tail + threadIdx.x]);

  T result = sums[0];
  for (unsigned j = 1; j < width; ++j) result = Op::join(result, sums[j]);
  result = join_block<Op>(result);
  if (threadIdx.x == 0) y[blockIdx.x] = result / divisor;
}
#define REDUCE_ROWS (const T* x, T* y, int length, int parts, int part, T divisor)
#define REDUCE_ROWS_ARGUMENTS (x, y, length, parts, part, divisor)
KERNEL_F32_F64_OF(reduce_rows_sum, REDUCE_ROWS, REDUCE_ROWS_ARGUMENTS, reduce_rows<T, Sum<T>>)
KERNEL_F32_F64_OF(reduce_rows_max, REDUCE_ROWS, REDUCE_ROWS_ARGUMENTS, reduce_rows<T, Largest<T>>)

// ---- Channels. Block by block as channels.h says; y gets a number per outer, part and channel, in that order, so that the
// next run sees the parts as a batch. Adds to y where `accumulate` is 1.
template <typename T, typename Op>
__device__ void reduce_channels(const T* __restrict__ x, T* y, ChannelShape shape, T divisor, int accumulate) {
  const ChannelThread thread(shape);
  T result = Op::none();
#pragma unroll 4
  for (ChannelWalk walk(shape, thread); walk.more(); walk.next()) result = Op::join(result, x[walk.offset]);
  result = join_block<Op, 32>(result, shape.columns) / divisor;
  if (threadIdx.x < unsigned(shape.columns) && thread.has_channel) {
    T* target = y + (size_t(thread.outer) * shape.parts + thread.part) * shape.channels + thread.channel;
    *target = accumulate ? *target + result : result;
  }
}
#define REDUCE_CHANNELS (const T* x, T* y, ChannelShape shape, T divisor, int accumulate)
#define REDUCE_CHANNELS_ARGUMENTS (x, y, shape, divisor, accumulate)
KERNEL_F32_F64_OF(reduce_channels_sum, REDUCE_CHANNELS, REDUCE_CHANNELS_ARGUMENTS, reduce_channels<T, Sum<T>>)
KERNEL_F32_F64_OF(reduce_channels_max, REDUCE_CHANNELS, REDUCE_CHANNELS_ARGUMENTS, reduce_channels<T, Largest<T>>)

// ---- Where the largest is. What travels is the value and its place; NaN is larger than every number, and of equals the
// first wins, so the result does not depend on who is joined with whom.
template <typename T> struct Candidate {
  T value;
  int place;
};

template <typename T> __device__ __forceinline__ Candidate<T> value_across(Candidate<T> c, int bit) {
  return {value_across(c.value, bit), value_across(c.place, bit)};
}

template <typename T> struct FirstLargest {
  static __device__ __forceinline__ Candidate<T> none() { return {-infinity_<T>(), 0x7fffffff}; }
  static __device__ __forceinline__ Candidate<T> join(Candidate<T> a, Candidate<T> b) {
    const bool a_is_nan = a.value != a.value, b_is_nan = b.value != b.value;
    const bool equal = a.value == b.value || (a_is_nan && b_is_nan);
    const bool a_wins = equal ? a.place < b.place : a_is_nan || (!b_is_nan && a.value > b.value);
    return a_wins ? a : b;
  }
};

template <typename T, typename Team>
__device__ void arg_max(const T* __restrict__ x, int* __restrict__ y, int lines, int length, int inner, int lanes) {
  const Team team(lanes);
  const bool exists = team.index < unsigned(lines);
  const T* line = x + size_t(team.index / inner) * length * inner + team.index % inner;
  Candidate<T> best = FirstLargest<T>::none();
  for (unsigned k = team.rank; k < (exists ? unsigned(length) : 0u); k += team.size) {
    best = FirstLargest<T>::join(best, {line[size_t(k) * inner], int(k)});
  }
  best = team.template join<FirstLargest<T>>(best);
  if (exists && team.rank == 0) y[team.index] = best.place;
}
#define ARG_MAX (const T* x, int* y, int lines, int length, int inner, int lanes)
#define ARG_MAX_ARGUMENTS (x, y, lines, length, inner, lanes)
KERNEL_F32_F64_OF(arg_max_lanes, ARG_MAX, ARG_MAX_ARGUMENTS, arg_max<T, LaneTeam>)
KERNEL_F32_F64_OF(arg_max_block, ARG_MAX, ARG_MAX_ARGUMENTS, arg_max<T, BlockTeam>)

// ==== The ladder: the sum of n numbers. Each kernel leaves a number per block, and is run on those until one is left.
// (After M. Harris, "Optimizing Parallel Reduction in CUDA", 2007. The topmost rung is reduce_rows_sum.)

// 1. The tree as drawn in the textbook: one element per thread; in round s every 2s-th thread adds its neighbour at
// distance s. Half of the threads idle from the start, and they sit in the same warps as the busy ones.
template <typename T> __device__ void sum_tree(const T* __restrict__ x, T* __restrict__ y, int n) {
  DYNAMIC_SHARED(T, shared);
  const unsigned t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  shared[t] = i < unsigned(n) ? x[i] : T(0);
  __syncthreads();
  for (unsigned s = 1; s < blockDim.x; s *= 2) {
    if (t % (2 * s) == 0) shared[t] += shared[t + s];
    __syncthreads();
  }
  if (t == 0) y[blockIdx.x] = shared[0];
}
KERNEL_F32_F64(sum_tree, (const T* x, T* y, int n), (x, y, n))

// 2. The same tree with the busy threads side by side: whole warps fall idle together, and neighbours address
// neighbours, which lie in different banks of the shared memory.
template <typename T> __device__ void sum_sequential(const T* __restrict__ x, T* __restrict__ y, int n) {
  DYNAMIC_SHARED(T, shared);
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  const T total = join_tree<Sum<T>>(i < unsigned(n) ? x[i] : T(0), shared);
  if (threadIdx.x == 0) y[blockIdx.x] = total;
}
KERNEL_F32_F64(sum_sequential, (const T* x, T* y, int n), (x, y, n))

// 3. Several elements per thread, so that most additions need nobody else; and lanes exchange their sums directly.
// A barrier per block is left of eight per 256 elements.
template <typename T> __device__ void sum_shuffles(const T* __restrict__ x, T* __restrict__ y, int n) {
  T total = T(0);
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < unsigned(n); i += gridDim.x * blockDim.x) total += x[i];
  total = join_block<Sum<T>>(total);
  if (threadIdx.x == 0) y[blockIdx.x] = total;
}
KERNEL_F32_F64(sum_shuffles, (const T* x, T* y, int n), (x, y, n))
