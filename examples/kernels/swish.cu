// Swish: y = x·σ(x) with σ(x) = 1 / (1 + e⁻ˣ), and the way back, dx = g·(σ(x) + x·σ(x)·(1 − σ(x))).
//
// Written with tensor operations, as in 09-own-layer.cs, forward goes through memory five times: −x, e^, 1 +, 1 /, x·.
// Here a thread reads its element once, does all the arithmetic in registers, and writes once.
//
// The comments that begin with "check" say how each kernel is launched; `engine kernel check examples/kernels/swish.cu`
// runs it so, in every size and in three orders of its threads, and compares it with the kernel of the same name that
// ends in _reference: the formula in a loop, as one writes it when nothing has to be fast.

template <typename T> __device__ T sigma(T x) { return T(1) / (T(1) + exp_(-x)); }

// Thread i of the grid has element i. The grid is a whole number of blocks, so the last one may reach beyond the end:
// without the comparison its threads would write there.
//
// check swish_forward
//   n = tails
//   x[n] in -6..6, y[n]
//   grid (n + 255) / 256
//   block 256
template <typename T> __device__ void swish_forward(const T* x, T* y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = x[i] * sigma(x[i]);
}
KERNEL_F32_F64(swish_forward, (const T* x, T* y, int n), (x, y, n))

template <typename T> __device__ void swish_forward_reference(const T* x, T* y, int n) {
  for (int i = 0; i < n; ++i) y[i] = x[i] / (1 + exp_(-x[i]));
}
KERNEL_F32_F64(swish_forward_reference, (const T* x, T* y, int n), (x, y, n))

// σ is computed again from x: arithmetic is cheaper than keeping σ in memory from forward to here.
//
// check swish_backward
//   n = tails
//   x[n] in -6..6, g[n], dx[n]
//   grid (n + 255) / 256
//   block 256
//   tolerance 1e-6
template <typename T> __device__ void swish_backward(const T* x, const T* g, T* dx, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  const T s = sigma(x[i]);
  dx[i] = g[i] * s * (1 + x[i] * (1 - s));
}
KERNEL_F32_F64(swish_backward, (const T* x, const T* g, T* dx, int n), (x, g, dx, n))

template <typename T> __device__ void swish_backward_reference(const T* x, const T* g, T* dx, int n) {
  for (int i = 0; i < n; ++i) {
    const T s = sigma(x[i]);
    dx[i] = g[i] * (s + x[i] * s * (1 - s));
  }
}
KERNEL_F32_F64(swish_backward_reference, (const T* x, const T* g, T* dx, int n), (x, g, dx, n))
