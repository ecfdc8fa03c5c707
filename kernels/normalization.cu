// Batch normalization: forward, with statistics given (inference), and both ways back.
//
// Per channel, over batch and positions: μ = mean x, σ² = mean (x − μ)², y = γ·(x − μ)/√(σ² + ε) + β. All of a channel
// has to be read before any of it can be written. A small channel is a block's work from beginning to end, in one launch:
// what it read for the statistics is still in the cache when it writes. A large one is cut into parts (channels.h): one
// launch finds the statistics of parts, the next joins them, each block for itself, and writes.
#include "collectives.h"
#include "channels.h"

// ---- Mean and variance of numbers, so that two sets can be joined. Σx² − (Σx)² would cancel; instead what travels is the
// mean and the sum of squared deviations from it. (T. F. Chan, G. H. Golub, R. J. LeVeque, 1979.)
template <typename T> struct Moments {
  T count, mean, squares;           // squares: Σ (x − mean)²
};

template <typename T> __device__ __forceinline__ Moments<T> value_across(Moments<T> m, int bit) {
  return {value_across(m.count, bit), value_across(m.mean, bit), value_across(m.squares, bit)};
}

template <typename T> struct Pooled {
  static __device__ __forceinline__ Moments<T> none() { return {T(0), T(0), T(0)}; }
  static __device__ __forceinline__ Moments<T> join(Moments<T> a, Moments<T> b) {
    if (a.count == T(0)) return b;
    if (b.count == T(0)) return a;
    const T count = a.count + b.count, share = b.count / count, delta = b.mean - a.mean;
    return {count, a.mean + delta * share, a.squares + b.squares + delta * delta * a.count * share};
  }
};

// The moments of a thread's elements in one pass. Deviations are taken from the first of them, which is as near to the
// mean as any: nothing cancels, and no division is needed per element (as it is in Welford's recurrence).
template <typename T>
__device__ __forceinline__ Moments<T> moments_of(const T* x, const ChannelShape& shape, const ChannelThread& thread) {
  ChannelWalk walk(shape, thread);
  if (!walk.more()) return Pooled<T>::none();
  const T first = x[walk.offset];
  T sum = T(0), squares = T(0);
  int count = 0;
#pragma unroll 4
  for (; walk.more(); walk.next()) {
    const T deviation = x[walk.offset] - first;
    sum += deviation;
    squares += deviation * deviation;
    ++count;
  }
  const T shift = sum / T(count), rest = squares - sum * shift;
  return {T(count), first + shift, rest < T(0) ? T(0) : rest};
}

// y = γ·(x − μ)/√(σ² + ε) + β for a thread's elements.
template <typename T>
__device__ __forceinline__ void normalize(
    const T* x, const T* gamma, const T* beta, T mean, T variance, T epsilon, T* y, const ChannelShape& shape, const ChannelThread& thread) {
  if (!thread.has_channel) return;
  const T scale = gamma[thread.channel] / sqrt_(variance + epsilon), shift = beta[thread.channel];
#pragma unroll 4
  for (ChannelWalk walk(shape, thread); walk.more(); walk.next()) y[walk.offset] = (x[walk.offset] - mean) * scale + shift;
}

// True for the one thread that writes what there is once per channel.
__device__ __forceinline__ bool speaks_for_channel(const ChannelShape& shape, const ChannelThread& thread) {
  return thread.has_channel && thread.part == 0 && threadIdx.x < unsigned(shape.columns);
}

template <typename T>
__device__ __forceinline__ void write_statistics(
    const Moments<T>& moments, const ChannelShape& shape, const ChannelThread& thread, T* mean, T* variance) {
  if (!speaks_for_channel(shape, thread)) return;
  mean[thread.channel] = moments.mean;
  variance[thread.channel] = moments.squares / moments.count;
}

// A small channel: everything in one launch.
template <typename T>
__device__ void batch_norm_one_read(
    const T* __restrict__ x, const T* __restrict__ gamma, const T* __restrict__ beta, T epsilon, T* __restrict__ y, T* mean,
    T* variance, ChannelShape shape) {
  const ChannelThread thread(shape);
  const Moments<T> moments = join_block<Pooled<T>, 32>(moments_of(x, shape, thread), shape.columns);
  write_statistics(moments, shape, thread, mean, variance);
  normalize(x, gamma, beta, moments.mean, moments.squares / moments.count, epsilon, y, shape, thread);
}
#define BATCH_NORM (const T* x, const T* gamma, const T* beta, T epsilon, T* y, T* mean, T* variance, ChannelShape shape)
#define BATCH_NORM_ARGUMENTS (x, gamma, beta, epsilon, y, mean, variance, shape)
KERNEL_F32_F64(batch_norm_one_read, BATCH_NORM, BATCH_NORM_ARGUMENTS)

// A large channel, first launch: the moments of each part, three arrays of parts × channels.
template <typename T> __device__ void batch_norm_moments(const T* __restrict__ x, T* __restrict__ parts, ChannelShape shape) {
  const ChannelThread thread(shape);
  const Moments<T> moments = join_block<Pooled<T>, 32>(moments_of(x, shape, thread), shape.columns);
  if (!thread.has_channel || threadIdx.x >= unsigned(shape.columns)) return;
  const size_t all = size_t(shape.parts) * shape.channels;
  T* target = parts + size_t(thread.part) * shape.channels + thread.channel;
  target[0] = moments.count;
  target[all] = moments.mean;
  target[2 * all] = moments.squares;
}
KERNEL_F32_F64(batch_norm_moments, (const T* x, T* parts, ChannelShape shape), (x, parts, shape))

// Second launch: every block joins the moments of its channel's parts, always in the same order, and normalizes its part.
template <typename T>
__device__ void batch_norm_apply(
    const T* __restrict__ x, const T* __restrict__ gamma, const T* __restrict__ beta, T epsilon, const T* __restrict__ parts,
    T* __restrict__ y, T* mean, T* variance, ChannelShape shape) {
  const ChannelThread thread(shape);
  const size_t all = size_t(shape.parts) * shape.channels;
  Moments<T> moments = Pooled<T>::none();
  for (int part = threadIdx.x / shape.columns; thread.has_channel && part < shape.parts; part += blockDim.x / shape.columns) {
    const T* source = parts + size_t(part) * shape.channels + thread.channel;
    moments = Pooled<T>::join(moments, {source[0], source[all], source[2 * all]});
  }
  moments = join_block<Pooled<T>, 32>(moments, shape.columns);
  write_statistics(moments, shape, thread, mean, variance);
  normalize(x, gamma, beta, moments.mean, moments.squares / moments.count, epsilon, y, shape, thread);
}
KERNEL_F32_F64(batch_norm_apply,
    (const T* x, const T* gamma, const T* beta, T epsilon, const T* parts, T* y, T* mean, T* variance, ChannelShape shape),
    (x, gamma, beta, epsilon, parts, y, mean, variance, shape))

// With μ and σ² given.
template <typename T>
__device__ void batch_norm_inference(
    const T* __restrict__ x, const T* __restrict__ gamma, const T* __restrict__ beta, const T* __restrict__ mean,
    const T* __restrict__ variance, T epsilon, T* __restrict__ y, ChannelShape shape) {
  const ChannelThread thread(shape);
  if (!thread.has_channel) return;
  normalize(x, gamma, beta, mean[thread.channel], variance[thread.channel], epsilon, y, shape, thread);
}
KERNEL_F32_F64(batch_norm_inference,
    (const T* x, const T* gamma, const T* beta, const T* mean, const T* variance, T epsilon, T* y, ChannelShape shape),
    (x, gamma, beta, mean, variance, epsilon, y, shape))

// ---- The way back. With x̂ = (x − μ)/√(σ² + ε) it needs two sums per channel, Σ g and Σ g·x̂; then
//   dβ += Σ g,  dγ += Σ g·x̂,  dx = γ/√(σ² + ε) · (g − Σg/m − x̂·Σ(g·x̂)/m).
// Where μ and σ² were given constants, the two means fall away from dx.
template <typename T> struct Sums {
  T g, g_normalized;
};

template <typename T> __device__ __forceinline__ Sums<T> value_across(Sums<T> s, int bit) {
  return {value_across(s.g, bit), value_across(s.g_normalized, bit)};
}

template <typename T> struct BothSums {
  static __device__ __forceinline__ Sums<T> none() { return {T(0), T(0)}; }
  static __device__ __forceinline__ Sums<T> join(Sums<T> a, Sums<T> b) { return {a.g + b.g, a.g_normalized + b.g_normalized}; }
};

// What the way back knows of a thread's channel.
template <typename T> struct Statistics {
  T mean, inverse;                  // μ, 1/√(σ² + ε)

  __device__ __forceinline__ Statistics(const T* means, const T* variances, T epsilon, const ChannelThread& thread)
      : mean(thread.has_channel ? means[thread.channel] : T(0)),
        inverse(thread.has_channel ? T(1) / sqrt_(variances[thread.channel] + epsilon) : T(0)) {}
};

template <typename T>
__device__ __forceinline__ Sums<T> sums_of(
    const T* x, const T* g, const Statistics<T>& s, const ChannelShape& shape, const ChannelThread& thread) {
  Sums<T> sums = BothSums<T>::none();
#pragma unroll 4
  for (ChannelWalk walk(shape, thread); walk.more(); walk.next()) {
    const T gradient = g[walk.offset];
    sums.g += gradient;
    sums.g_normalized += gradient * ((x[walk.offset] - s.mean) * s.inverse);
  }
  return sums;
}

template <typename T>
__device__ __forceinline__ void write_gradients(
    const T* x, const T* g, const T* gamma, const Statistics<T>& s, const Sums<T>& sums, int constant_statistics, T* dx,
    T* dgamma, T* dbeta, const ChannelShape& shape, const ChannelThread& thread) {
  if (speaks_for_channel(shape, thread)) {
    if (dgamma != nullptr) dgamma[thread.channel] += sums.g_normalized;
    if (dbeta != nullptr) dbeta[thread.channel] += sums.g;
  }
  if (!thread.has_channel) return;
  const T m = T(unsigned(shape.batch) * shape.positions), scale = gamma[thread.channel] * s.inverse;
  const T mean_g = constant_statistics ? T(0) : sums.g / m, mean_g_normalized = constant_statistics ? T(0) : sums.g_normalized / m;
#pragma unroll 4
  for (ChannelWalk walk(shape, thread); walk.more(); walk.next()) {
    const T normalized = (x[walk.offset] - s.mean) * s.inverse;
    dx[walk.offset] = scale * (g[walk.offset] - mean_g - normalized * mean_g_normalized);
  }
}

// A small channel: everything in one launch.
template <typename T>
__device__ void batch_norm_backward(
    const T* __restrict__ x, const T* __restrict__ g, const T* __restrict__ gamma, const T* __restrict__ mean,
    const T* __restrict__ variance, T epsilon, T* __restrict__ dx, T* dgamma, T* dbeta, int constant_statistics, ChannelShape shape) {
  const ChannelThread thread(shape);
  const Statistics<T> statistics(mean, variance, epsilon, thread);
  const Sums<T> sums = join_block<BothSums<T>, 32>(sums_of(x, g, statistics, shape, thread), shape.columns);
  write_gradients(x, g, gamma, statistics, sums, constant_statistics, dx, dgamma, dbeta, shape, thread);
}
KERNEL_F32_F64(batch_norm_backward,
    (const T* x, const T* g, const T* gamma, const T* mean, const T* variance, T epsilon, T* dx, T* dgamma, T* dbeta,
     int constant_statistics, ChannelShape shape),
    (x, g, gamma, mean, variance, epsilon, dx, dgamma, dbeta, constant_statistics, shape))

// A large one, first launch: the sums of each part, two arrays of parts × channels.
template <typename T>
__device__ void batch_norm_backward_sums(
    const T* __restrict__ x, const T* __restrict__ g, const T* __restrict__ mean, const T* __restrict__ variance, T epsilon,
    T* __restrict__ parts, ChannelShape shape) {
  const ChannelThread thread(shape);
  const Statistics<T> statistics(mean, variance, epsilon, thread);
  const Sums<T> sums = join_block<BothSums<T>, 32>(sums_of(x, g, statistics, shape, thread), shape.columns);
  if (!thread.has_channel || threadIdx.x >= unsigned(shape.columns)) return;
  T* target = parts + size_t(thread.part) * shape.channels + thread.channel;
  target[0] = sums.g;
  target[size_t(shape.parts) * shape.channels] = sums.g_normalized;
}
KERNEL_F32_F64(batch_norm_backward_sums,
    (const T* x, const T* g, const T* mean, const T* variance, T epsilon, T* parts, ChannelShape shape),
    (x, g, mean, variance, epsilon, parts, shape))

// Second launch: every block joins its channel's sums and writes its part of dx.
template <typename T>
__device__ void batch_norm_backward_apply(
    const T* __restrict__ x, const T* __restrict__ g, const T* __restrict__ gamma, const T* __restrict__ mean,
    const T* __restrict__ variance, T epsilon, const T* __restrict__ parts, T* __restrict__ dx, T* dgamma, T* dbeta,
    int constant_statistics, ChannelShape shape) {
  const ChannelThread thread(shape);
  const size_t all = size_t(shape.parts) * shape.channels;
  Sums<T> sums = BothSums<T>::none();
  for (int part = threadIdx.x / shape.columns; thread.has_channel && part < shape.parts; part += blockDim.x / shape.columns) {
    const T* source = parts + size_t(part) * shape.channels + thread.channel;
    sums = BothSums<T>::join(sums, {source[0], source[all]});
  }
  sums = join_block<BothSums<T>, 32>(sums, shape.columns);
  const Statistics<T> statistics(mean, variance, epsilon, thread);
  write_gradients(x, g, gamma, statistics, sums, constant_statistics, dx, dgamma, dbeta, shape, thread);
}
KERNEL_F32_F64(batch_norm_backward_apply,
    (const T* x, const T* g, const T* gamma, const T* mean, const T* variance, T epsilon, const T* parts, T* dx, T* dgamma,
     T* dbeta, int constant_statistics, ChannelShape shape),
    (x, g, gamma, mean, variance, epsilon, parts, dx, dgamma, dbeta, constant_statistics, shape))

// ==== The ladder of the forward pass. Above this: batch_norm_one_read with a block per channel, then with many.

// 1. The formulas as they are written, a block per channel: the mean, then the variance about it, each by the textbook's
// tree in shared memory, then every element. Three reads.
template <typename T>
__device__ void batch_norm_two_passes(
    const T* __restrict__ x, const T* __restrict__ gamma, const T* __restrict__ beta, T epsilon, T* __restrict__ y, T* mean,
    T* variance, ChannelShape shape) {
  DYNAMIC_SHARED(T, shared);
  const ChannelThread thread(shape);
  const T m = T(unsigned(shape.batch) * shape.positions);
  T sum = T(0), squares = T(0);
  for (ChannelWalk walk(shape, thread); walk.more(); walk.next()) sum += x[walk.offset];
  const T mu = join_tree<Sum<T>>(sum, shared) / m;
  for (ChannelWalk walk(shape, thread); walk.more(); walk.next()) squares += (x[walk.offset] - mu) * (x[walk.offset] - mu);
  const T sigma2 = join_tree<Sum<T>>(squares, shared) / m;
  if (speaks_for_channel(shape, thread)) {
    mean[thread.channel] = mu;
    variance[thread.channel] = sigma2;
  }
  normalize(x, gamma, beta, mu, sigma2, epsilon, y, shape, thread);
}
KERNEL_F32_F64(batch_norm_two_passes, BATCH_NORM, BATCH_NORM_ARGUMENTS)
