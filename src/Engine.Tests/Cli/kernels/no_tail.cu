// check saxpy
//   n = tails
//   a = 2.5
//   x[n], y[n]
//   grid (n + 255) / 256
//   block 256
extern "C" __global__ void saxpy(float a, const float* x, float* y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  y[i] = a * x[i] + y[i];
}

extern "C" __global__ void saxpy_reference(float a, const float* x, float* y, int n) {
  for (int i = 0; i < n; ++i) y[i] = a * x[i] + y[i];
}
