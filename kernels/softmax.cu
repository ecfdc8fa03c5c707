// Softmax and the cross-entropies, row by row of N×C: forward, backward, and the loss.
//
// A row needs its maximum m and its sum Σ e^(x − m) before a single y can be written, so rows are read more than once
// unless they are kept somewhere. Who works on a row depends on its length: a few neighbouring lanes of a warp for a row
// of ten classes, a warp for a thousand, a block for a vocabulary (LaneTeam and BlockTeam of collectives.h).
#include "collectives.h"
#include "loops.h"

template <typename T> __device__ __forceinline__ T not_a_number() {
  return infinity_<T>() - infinity_<T>();
}

// ---- The maximum and the sum in one pass (M. Milakov, N. Gimelshein, "Online normalizer calculation for softmax", 2018):
// where a larger maximum turns up, the sum so far is scaled down to it.
template <typename T> struct Normalizer {
  T largest, sum;     // m, and the sum of e^(x − m) so far
};

template <typename T> __device__ __forceinline__ Normalizer<T> value_across(Normalizer<T> n, int bit) {
  return {value_across(n.largest, bit), value_across(n.sum, bit)};
}

// e^(x − m), and 0 for −∞ even where m is −∞ too: nothing was seen yet.
template <typename T> __device__ __forceinline__ T power_below(T x, T largest) {
  return x == -infinity_<T>() ? T(0) : exp_(x - largest);
}

template <typename T> struct Online {
  static __device__ __forceinline__ Normalizer<T> none() { return {-infinity_<T>(), T(0)}; }
  static __device__ __forceinline__ Normalizer<T> join(Normalizer<T> a, Normalizer<T> b) {
    const T largest = Largest<T>::join(a.largest, b.largest);
    return {largest, a.sum * power_below(a.largest, largest) + b.sum * power_below(b.largest, largest)};
  }
  static __device__ __forceinline__ Normalizer<T> add(Normalizer<T> a, T x) {
    if (x <= a.largest) return {a.largest, a.sum + power_below(x, a.largest)};
    const T largest = Largest<T>::join(a.largest, x);
    return {largest, a.sum * power_below(a.largest, largest) + power_below(x, largest)};
  }
};

// The normalizer of one row, for all threads of its team alike. Each thread takes every size-th element, so that
// neighbours read neighbours.
template <typename T, typename Team>
__device__ __forceinline__ Normalizer<T> normalizer_of(const Team& team, const T* row, int classes) {
  Normalizer<T> mine = Online<T>::none();
  for (int c = team.rank; c < classes; c += team.size) mine = Online<T>::add(mine, row[c]);
  return team.template join<Online<T>>(mine);
}

// ---- softmax, two reads and one write. The second read mostly finds the row in the cache.
template <typename T, typename Team>
__device__ void softmax_online(const T* __restrict__ x, T* __restrict__ y, int rows, int classes, int lanes) {
  const Team team(lanes);
  const int present = team.index < unsigned(rows) ? classes : 0;
  const T* source = x + size_t(team.index) * classes;
  T* target = y + size_t(team.index) * classes;
  const Normalizer<T> n = normalizer_of(team, source, present);
  for (int c = team.rank; c < present; c += team.size) target[c] = exp_(source[c] - n.largest) / n.sum;
}
#define SOFTMAX (const T* x, T* y, int rows, int classes, int lanes)
#define SOFTMAX_ARGUMENTS (x, y, rows, classes, lanes)
KERNEL_F32_F64_OF(softmax_online_lanes, SOFTMAX, SOFTMAX_ARGUMENTS, softmax_online<T, LaneTeam>)
KERNEL_F32_F64_OF(softmax_online_block, SOFTMAX, SOFTMAX_ARGUMENTS, softmax_online<T, BlockTeam>)

// softmax of rows of up to 32·K classes: one read, one write, one exponential per element. Each lane keeps its K elements
// in registers; all loops over them are unrolled, because registers have no addresses.
template <typename T, int K>
__device__ void softmax_registers(const T* __restrict__ x, T* __restrict__ y, int rows, int classes, int lanes) {
  const LaneTeam team(lanes);
  const int present = team.index < unsigned(rows) ? classes : 0;
  const T* source = x + size_t(team.index) * classes;
  T* target = y + size_t(team.index) * classes;
  T value[K], largest = -infinity_<T>(), sum = T(0);
#pragma unroll
  for (int k = 0; k < K; ++k) {
    const int c = team.rank + k * lanes;
    value[k] = c < present ? source[c] : -infinity_<T>();
  }
#pragma unroll
  for (int k = 0; k < K; ++k) largest = Largest<T>::join(largest, value[k]);
  largest = team.template join<Largest<T>>(largest);
#pragma unroll
  for (int k = 0; k < K; ++k) {
    value[k] = exp_(value[k] - largest);
    if (team.rank + k * lanes < present) sum += value[k];
  }
  sum = team.template join<Sum<T>>(sum);
#pragma unroll
  for (int k = 0; k < K; ++k) {
    const int c = team.rank + k * lanes;
    if (c < present) target[c] = value[k] / sum;
  }
}
KERNEL_F32_F64_OF(softmax_registers_1, SOFTMAX, SOFTMAX_ARGUMENTS, softmax_registers<T, 1>)
KERNEL_F32_F64_OF(softmax_registers_4, SOFTMAX, SOFTMAX_ARGUMENTS, softmax_registers<T, 4>)
KERNEL_F32_F64_OF(softmax_registers_32, SOFTMAX, SOFTMAX_ARGUMENTS, softmax_registers<T, 32>)

// dx = y·(g − Σ g·y): the dot product of the row, then the row again.
template <typename T, typename Team>
__device__ void softmax_backward(const T* __restrict__ y, const T* __restrict__ g, T* __restrict__ dx, int rows, int classes, int lanes) {
  const Team team(lanes);
  const int present = team.index < unsigned(rows) ? classes : 0;
  const size_t start = size_t(team.index) * classes;
  T dot = T(0);
  for (int c = team.rank; c < present; c += team.size) dot += g[start + c] * y[start + c];
  dot = team.template join<Sum<T>>(dot);
  for (int c = team.rank; c < present; c += team.size) dx[start + c] = y[start + c] * (g[start + c] - dot);
}
#define SOFTMAX_BACKWARD (const T* y, const T* g, T* dx, int rows, int classes, int lanes)
#define SOFTMAX_BACKWARD_ARGUMENTS (y, g, dx, rows, classes, lanes)
KERNEL_F32_F64_OF(softmax_backward_lanes, SOFTMAX_BACKWARD, SOFTMAX_BACKWARD_ARGUMENTS, softmax_backward<T, LaneTeam>)
KERNEL_F32_F64_OF(softmax_backward_block, SOFTMAX_BACKWARD, SOFTMAX_BACKWARD_ARGUMENTS, softmax_backward<T, BlockTeam>)

// ---- A loss is a number per block, in double, joined in an order that the sizes fix. A grid of one block writes the
// loss itself, their mean over `count`; otherwise loss_of_parts does so in a second, short launch.
template <typename T> __device__ __forceinline__ void give_loss(double mine, double* parts, T* loss, double count) {
  const double total = join_block<Sum<double>>(mine);
  if (threadIdx.x != 0) return;
  if (gridDim.x == 1) {
    *loss = T(total / count);
  } else {
    parts[blockIdx.x] = total;
  }
}

template <typename T> __device__ void loss_of_parts(const double* __restrict__ parts, T* loss, int n, double count) {
  double mine = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) mine += parts[i];
  give_loss(mine, nullptr, loss, count);
}
KERNEL_F32_F64(loss_of_parts, (const double* parts, T* loss, int n, double count), (parts, loss, n, count))

// Cross-entropy of softmax(x): p = softmax(x), and Σ t·(m − x + ln Σ e^(x − m)) over the rows that a block has. Targets
// are distributions t or, where `labels` is given, the numbers of the classes whose t is 1. A t of 0 costs nothing, even
// where x is −∞. A label that is no class makes the loss NaN, for a kernel cannot refuse it; it is only compared, never
// used as an address. Blocks go round by round over the rows, all teams of a block together.
template <typename T, typename Team>
__device__ void softmax_cross_entropy(
    const T* __restrict__ x, const T* __restrict__ targets, const int* __restrict__ labels, T* __restrict__ p, double* parts,
    T* loss, int rows, int classes, int lanes) {
  const Team team(lanes);
  double mine = 0;
  for (unsigned first = 0; first < unsigned(rows); first += team.count) {
    const unsigned row = first + team.index;
    const int present = row < unsigned(rows) ? classes : 0;
    const size_t start = size_t(row) * classes;
    const Normalizer<T> n = normalizer_of(team, x + start, present);
    const double largest = double(n.largest), log_sum = log_(double(n.sum));
    const int label = labels != nullptr && present > 0 ? labels[row] : 0;
    if (unsigned(label) >= unsigned(classes)) mine = not_a_number<double>();
    for (int c = team.rank; c < present; c += team.size) {
      const T logit = x[start + c];
      p[start + c] = exp_(logit - n.largest) / n.sum;
      const double t = labels == nullptr ? double(targets[start + c]) : c == label ? 1.0 : 0.0;
      if (t != 0) mine += t * (largest - double(logit) + log_sum);
    }
  }
  give_loss(mine, parts, loss, double(rows));
}
#define CROSS_ENTROPY (const T* x, const T* targets, const int* labels, T* p, double* parts, T* loss, int rows, int classes, int lanes)
#define CROSS_ENTROPY_ARGUMENTS (x, targets, labels, p, parts, loss, rows, classes, lanes)
KERNEL_F32_F64_OF(softmax_cross_entropy_lanes, CROSS_ENTROPY, CROSS_ENTROPY_ARGUMENTS, softmax_cross_entropy<T, LaneTeam>)
KERNEL_F32_F64_OF(softmax_cross_entropy_block, CROSS_ENTROPY, CROSS_ENTROPY_ARGUMENTS, softmax_cross_entropy<T, BlockTeam>)

// dx = (p·Σ t − t) / N. With labels the sum is 1, or NaN where the label is no class.
template <typename T, typename Team>
__device__ void softmax_cross_entropy_backward(
    const T* __restrict__ p, const T* __restrict__ targets, const int* __restrict__ labels, T* __restrict__ dx, int rows,
    int classes, int lanes) {
  const Team team(lanes);
  const int present = team.index < unsigned(rows) ? classes : 0;
  const size_t start = size_t(team.index) * classes;
  const int label = labels != nullptr && present > 0 ? labels[team.index] : 0;
  T total = unsigned(label) < unsigned(classes) ? T(1) : not_a_number<T>();
  if (labels == nullptr) {
    total = T(0);
    for (int c = team.rank; c < present; c += team.size) total += targets[start + c];
    total = team.template join<Sum<T>>(total);
  }
  for (int c = team.rank; c < present; c += team.size) {
    const T t = labels == nullptr ? targets[start + c] : c == label ? T(1) : T(0);
    dx[start + c] = (p[start + c] * total - t) / T(rows);
  }
}
#define CROSS_ENTROPY_BACKWARD (const T* p, const T* targets, const int* labels, T* dx, int rows, int classes, int lanes)
#define CROSS_ENTROPY_BACKWARD_ARGUMENTS (p, targets, labels, dx, rows, classes, lanes)
KERNEL_F32_F64_OF(softmax_cross_entropy_backward_lanes, CROSS_ENTROPY_BACKWARD, CROSS_ENTROPY_BACKWARD_ARGUMENTS,
                  softmax_cross_entropy_backward<T, LaneTeam>)
KERNEL_F32_F64_OF(softmax_cross_entropy_backward_block, CROSS_ENTROPY_BACKWARD, CROSS_ENTROPY_BACKWARD_ARGUMENTS,
                  softmax_cross_entropy_backward<T, BlockTeam>)

// Cross-entropy of logistic(x), element by element: max(x, 0) − x·t + ln(1 + e^−|x|), and p = 1 / (1 + e^−x), written with
// e^−|x| too, which never overflows.
template <typename T>
__device__ void logistic_cross_entropy(
    const T* __restrict__ x, const T* __restrict__ targets, T* __restrict__ p, double* parts, T* loss, int n) {
  double mine = 0;
  GRID_STRIDE_LOOP(i, n) {
    const T logit = x[i], power = exp_(-abs_(logit));
    p[i] = (logit < T(0) ? power : T(1)) / (T(1) + power);
    mine += double((logit > T(0) ? logit : T(0)) - logit * targets[i] + log1p_(power));
  }
  give_loss(mine, parts, loss, double(n));
}
KERNEL_F32_F64(logistic_cross_entropy, (const T* x, const T* targets, T* p, double* parts, T* loss, int n), (x, targets, p, parts, loss, n))

// ==== The ladder of softmax. Above these two: softmax_online_lanes, softmax_registers.

// 1. The formula as it is written: a block per row; the maximum, then the sum, each by the textbook's tree in shared
// memory; then every element. Three reads of the row, two exponentials per element, sixteen barriers.
template <typename T> __device__ void softmax_three_passes(const T* __restrict__ x, T* __restrict__ y, int classes) {
  DYNAMIC_SHARED(T, shared);
  const T* source = x + size_t(blockIdx.x) * classes;
  T* target = y + size_t(blockIdx.x) * classes;
  T largest = -infinity_<T>(), sum = T(0);
  for (int c = threadIdx.x; c < classes; c += blockDim.x) largest = Largest<T>::join(largest, source[c]);
  largest = join_tree<Largest<T>>(largest, shared);
  for (int c = threadIdx.x; c < classes; c += blockDim.x) sum += exp_(source[c] - largest);
  sum = join_tree<Sum<T>>(sum, shared);
  for (int c = threadIdx.x; c < classes; c += blockDim.x) target[c] = exp_(source[c] - largest) / sum;
}
KERNEL_F32_F64(softmax_three_passes, (const T* x, T* y, int classes), (x, y, classes))

// 2. A warp per row: the lanes exchange maxima and sums directly. No shared memory and no barrier; eight rows per block
// hide each other's waiting.
template <typename T> __device__ void softmax_warp(const T* __restrict__ x, T* __restrict__ y, int rows, int classes) {
  const LaneTeam team(32);
  const int present = team.index < unsigned(rows) ? classes : 0;
  const T* source = x + size_t(team.index) * classes;
  T* target = y + size_t(team.index) * classes;
  T largest = -infinity_<T>(), sum = T(0);
  for (int c = team.rank; c < present; c += 32) largest = Largest<T>::join(largest, source[c]);
  largest = team.template join<Largest<T>>(largest);
  for (int c = team.rank; c < present; c += 32) sum += exp_(source[c] - largest);
  sum = team.template join<Sum<T>>(sum);
  for (int c = team.rank; c < present; c += 32) target[c] = exp_(source[c] - largest) / sum;
}
KERNEL_F32_F64(softmax_warp, (const T* x, T* y, int rows, int classes), (x, y, rows, classes))
