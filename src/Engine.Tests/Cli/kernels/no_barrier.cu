// Without a reference: only the use of memory is checked.
//
// check backwards
//   n = 64
//   x[n], y[n]
//   grid 1
//   block n
extern "C" __global__ void backwards(const double* x, double* y, int n) {
  __shared__ double s[64];
  s[threadIdx.x] = x[threadIdx.x];
  y[threadIdx.x] = s[n - 1 - threadIdx.x];
}
