// check endless
//   n = 100
//   y[n]
//   grid 1
//   block 128
extern "C" __global__ void endless(float* y, int n) {
  for (int i = threadIdx.x; i < n; i += 0) {
    y[i] = 1;
  }
}

extern "C" __global__ void endless_reference(float* y, int n) {
  for (int i = 0; i < n; i++) y[i] = 1;
}
